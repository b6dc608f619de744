// From curves to what Plotly draws: the axis, the stretch that is shown, smoothing, and marks for what is not finite.
import { smooth } from "./smoothing.js";

export const AXES = {
  step: { title: "Step", of: (curve) => curve.steps },
  epoch: { title: "Epoch", of: (curve, trial) => curve.steps.map((step) => step / (trial.steps_per_epoch || 1)) },
  time: { title: "Time (s)", of: (curve, trial) => curve.times.map((time) => time - (trial.started_at ?? curve.times[0])) },
};

// {x, y, raw} of a curve: y is smoothed, raw is as it was logged.
export function drawn({ curve, trial, smoothing = true }, settings, most) {
  const thin = curve.thinned(most);
  const x = AXES[settings.x].of(thin, trial);
  return { x, raw: thin.values, y: smoothing ? smooth(x, thin.values, settings.smoothing) : thin.values };
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
  const axis = { gridcolor: colours.grid, linecolor: colours.line, zeroline: false, ticks: "", tickfont: { size: 11 }, exponentformat: "power", automargin: false };
  const logX = settings.logx, logY = chart.logY || settings.logy;
  const range = settings.range && (logX ? settings.range.map((value) => Math.log10(Math.max(value, 1e-9))) : settings.range);
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
    shapes: [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: guide, y1: guide, line: { color: colours.axis, width: 1.2, dash: "dash" } }],
    annotations: [{ xref: "paper", x: 1, xanchor: "right", y: Math.log10(guide), yanchor: "bottom", text: guideLabel, showarrow: false, font: { size: 11, color: colours.axis } }],
  };
}
