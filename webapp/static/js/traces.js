// From curves to what Plotly draws: the axis, the stretch that is shown, smoothing, and marks for what is not finite.
import { smooth } from "./smoothing.js";

export const AXES = {
  step: { title: "Step", at: (curve, trial, i) => curve.steps[i] },
  epoch: { title: "Epoch", at: (curve, trial, i) => curve.steps[i] / (trial.steps_per_epoch || 1) },
  time: { title: "Time (s)", at: (curve, trial, i) => curve.times[i] - (trial.started_at ?? curve.times[0]) },
};
const UNSMOOTHED = new Set(["lr"]); // a schedule has no noise, and its corners matter

// From where to where all the curves together run, so that charts below each other have the same axis.
export function extentOf(series, { x: axis, logx }) {
  let low = Infinity, high = -Infinity;
  for (const { curve, trial } of series) {
    if (!curve?.length) continue;
    const { at } = AXES[axis];
    let first = 0;
    while (logx && first < curve.length - 1 && at(curve, trial, first) <= 0) first += 1;
    low = Math.min(low, at(curve, trial, first));
    high = Math.max(high, at(curve, trial, curve.length - 1));
  }
  if (!(high > low)) return null;
  return logx ? [Math.max(low, high / 1e9) / 1.05, high * 1.05] : [low - (high - low) / 100, high + (high - low) / 50];
}

// {x, y, raw} of a curve: y is smoothed, raw is as it was logged.
export function drawn({ key, curve, trial }, settings, most) {
  const thin = curve.thinned(most);
  const x = thin.steps.map((step, i) => AXES[settings.x].at(thin, trial, i));
  return { x, raw: thin.values, y: !UNSMOOTHED.has(key) ? smooth(x, thin.values, settings.smoothing) : thin.values };
}

// The points in a range, and one more on either side, so that lines run to the edge.
export function inRange({ x, y, raw }, range) {
  if (!range) return { x, y, raw };
  let from = x.findIndex((value) => value >= range[0]);
  if (from < 0) from = x.length;
  let to = x.findIndex((value) => value > range[1]);
  if (to < 0) to = x.length;
  const cut = (column) => column.slice(Math.max(from - 1, 0), to + 1);
  return { x: cut(x), y: cut(y), raw: cut(raw) };
}

function line(series, x, y, faint) {
  const few = x.length < 30;
  return {
    type: "scatter",
    mode: few && !faint ? "lines+markers" : "lines",
    x, y,
    name: series.label,
    opacity: faint ? 0.28 : 1,
    line: { color: series.colour, width: faint ? 1 : 1.8, dash: faint ? "solid" : series.dash },
    marker: { size: 4.5, color: series.colour },
  };
}

// NaN and infinity have no place on the axis: triangles at the chart's edge show where they are.
function oddMarks(all, colour) {
  const x = [], y = [];
  for (const { x: xs, raw } of all) {
    raw.forEach((value, i) => {
      if (Number.isFinite(value)) return;
      x.push(xs[i]);
      y.push(value === -Infinity ? 0.02 : 0.98);
    });
  }
  if (!x.length) return [];
  const symbol = y.map((height) => (height < 0.5 ? "triangle-down" : "triangle-up"));
  return [{ type: "scatter", mode: "markers", x, y, yaxis: "y2", marker: { symbol, size: 9, color: colour }, cliponaxis: false }];
}

// [{series, x, y, raw}] -> Plotly's traces.
export function tracesOf(shown, settings, colours) {
  const faint = [], strong = [];
  for (const { series, x, y, raw } of shown) {
    if (y !== raw) faint.push(line(series, x, raw, true));
    strong.push(line(series, x, y, false));
  }
  return [...faint, ...strong, ...oddMarks(shown, colours.bad)];
}

export function layoutOf(settings, chart, colours, odd) {
  const axis = { gridcolor: colours.grid, linecolor: colours.line, zeroline: false, ticks: "", tickfont: { size: 11 }, exponentformat: "e", minexponent: 6, automargin: false };
  const logX = settings.logx, logY = chart.logY || settings.logy;
  const wanted = settings.range ?? settings.extent;
  const range = wanted && (logX ? wanted.map((value) => Math.log10(Math.max(value, 1e-9))) : wanted);
  return {
    margin: { l: 52, r: 14, t: 8, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, size: 11, color: colours.axis },
    showlegend: false,
    hovermode: false,
    dragmode: "zoom",
    xaxis: { ...axis, type: logX ? "log" : "linear", autorange: !range, ...(range && { range }), title: { text: AXES[settings.x].title, standoff: 4, font: { size: 11 } } },
    yaxis: { ...axis, type: logY ? "log" : "linear", autorange: true, fixedrange: true, nticks: 6, ...(logY && { dtick: chart.logY ? 1 : undefined }) },
    ...(odd && { yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true } }),
    ...guideOf(chart, colours),
  };
}

function guideOf({ guide, guideLabel }, colours) {
  if (!guide) return {};
  return {
    shapes: [{ type: "line", layer: "below", xref: "paper", x0: 0, x1: 1, y0: guide, y1: guide, line: { color: colours.axis, width: 1.2, dash: "dash" } }],
    annotations: [{ xref: "paper", x: 1, xanchor: "right", y: Math.log10(guide), yanchor: "bottom", text: guideLabel, showarrow: false, bgcolor: colours.card, borderpad: 2, font: { size: 11, color: colours.axis } }],
  };
}
