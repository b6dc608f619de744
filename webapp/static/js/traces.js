// From curves to what Plotly draws: the stretch that is shown, smoothing, bands, and marks for what is not finite.
import { AXES, shifted } from "./axes.js";
import { smooth } from "./smoothing.js";

const UNSMOOTHED = new Set(["lr"]); // a schedule has no noise, and its corners matter
const MOST_BANDS = 6;
const FEW = 30; // points: each is marked
const SIGNS = 4; // at the least, of a curve with more of them, in the window

// The points of a series that are drawn, at most about `most`: {kept, x, y, raw, low, high}, y smoothed, raw as it was logged. Those of the
// window stand from `from` up to `to`; on either side as much again is there, so that panning finds something.
export function drawn(series, settings, scale, most) {
  const { key, curve, trial } = series, { at } = AXES[settings.x], range = settings.range ?? settings.extent;
  const x = curve.steps.map((step, i) => at(curve, trial, i));
  const smoothed = (column) => (UNSMOOTHED.has(key) ? column : smooth(x, column, settings.smoothing));
  const raw = curve.values, y = smoothed(raw);
  const kept = curve.kept(most, ...(range ? indices(x, [shifted(range, scale, -1)[0], shifted(range, scale, 1)[1]]) : [0, x.length]));
  const pick = (column) => kept.map((i) => column[i]);
  const shown = { series, kept, x: pick(x), raw: pick(raw) };
  shown.y = y === raw ? shown.raw : pick(y);
  if (curve.deviation) {
    shown.low = pick(smoothed(raw.map((value, i) => value - curve.deviation[i])));
    shown.high = pick(smoothed(raw.map((value, i) => value + curve.deviation[i])));
  }
  [shown.from, shown.to] = range ? indices(shown.x, range) : [0, kept.length];
  return shown;
}

// The stretch of a rising column that covers a range: one point more on either side, so that lines run to the edge.
function indices(x, [low, high]) {
  return [Math.max(before(x, low) - 1, 0), Math.min(before(x, high) + 1, x.length)];
}

// How many values of a rising column are less than `value`.
export function before(x, value) {
  let low = 0, high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nearest(x, at) {
  const after = Math.min(before(x, at), x.length - 1);
  return after > 0 && at - x[after - 1] < x[after] - at ? after - 1 : after;
}

// What `at(i)` is where a rising column has `value`: between two of its places the share of the way, beyond its ends what is there.
export function between(x, value, at) {
  const after = Math.min(before(x, value), x.length - 1);
  if (after === 0 || x[after] <= value) return at(after);
  const [from, to] = [at(after - 1), at(after)];
  return from + ((to - from) * (value - x[after - 1])) / (x[after] - x[after - 1]);
}

function line(series, x, y, faint, crowded) {
  const few = x.length < FEW;
  return {
    type: "scatter",
    mode: few && !faint ? "lines+markers" : "lines",
    x, y,
    name: series.label,
    showlegend: !faint,
    opacity: faint ? 0.28 : 1,
    line: { color: series.colour, width: faint ? 1 : crowded ? 1.4 : 1.8, dash: faint ? "solid" : series.dash },
    marker: { size: 5.5, color: series.colour, symbol: series.sign },
  };
}

// Mean and deviation: two lines without a width, and colour between them. On a logarithmic axis the band ends above zero.
function band({ series, low, high }, x, log) {
  const floor = log ? Math.min(...high.filter((value) => value > 0)) / 100 : -Infinity;
  const edge = { type: "scatter", mode: "lines", x, hoverinfo: "skip", showlegend: false, line: { width: 0, color: series.colour } };
  return [{ ...edge, y: low.map((value) => Math.max(value, floor)) }, { ...edge, y: high, fill: "tonexty", fillcolor: `${series.colour}2e` }];
}

// NaN and infinity have no place on the axis: triangles at the chart's edge show where they are.
function oddMarks(all, scale, colour) {
  const x = [], y = [];
  for (const { x: xs, raw } of all) {
    raw.forEach((value, i) => {
      if (Number.isFinite(value)) return;
      x.push(scale.data(xs[i]));
      y.push(value === -Infinity ? 0.02 : 0.98);
    });
  }
  if (!x.length) return [];
  const symbol = y.map((height) => (height < 0.5 ? "triangle-down" : "triangle-up"));
  return [{ type: "scatter", mode: "markers", x, y, yaxis: "y2", showlegend: false, marker: { symbol, size: 9, color: colour }, cliponaxis: false }];
}

// Curves are told apart by a sign on their lines too, each a little further along, at steps that stay where they are as points come.
function signs(shown, scale, range, colours) {
  const [low, high] = range.map(scale.toLinear), apart = 2 ** Math.floor(Math.log2((high - low) / SIGNS));
  const x = [], y = [], symbol = [], color = [];
  shown.forEach((one, place) => {
    if (one.x.length < FEW) return;
    const behind = (apart * place) / shown.length, marked = new Set(), first = Math.ceil((low - behind) / apart) * apart + behind;
    for (let turn = 0; turn < 2 * SIGNS && first + turn * apart <= high; turn += 1) marked.add(nearest(one.x, scale.fromLinear(first + turn * apart)));
    for (const i of marked) {
      if (i < one.from || i >= one.to || !Number.isFinite(one.y[i])) continue;
      x.push(scale.data(one.x[i]));
      y.push(one.y[i]);
      symbol.push(one.series.sign);
      color.push(one.series.colour);
    }
  });
  return x.length ? [{ type: "scatter", mode: "markers", name: "signs", x, y, showlegend: false, marker: { symbol, color, size: 8, line: { width: 1, color: colours.card } } }] : [];
}

// What `drawn` gave -> Plotly's traces.
export function tracesOf(shown, scale, log, colours, range) {
  const bands = [], faint = [], strong = [], crowded = shown.length > 6;
  const banded = shown.filter(({ low }) => low).length <= MOST_BANDS;
  for (const one of shown) {
    const x = one.x.map(scale.data);
    if (one.low && banded) bands.push(...band(one, x, log));
    if (one.y !== one.raw) faint.push(line(one.series, x, one.raw, true, crowded));
    strong.push(line(one.series, x, one.y, false, crowded));
  }
  const marks = range && shown.length > 1 ? signs(shown, scale, range, colours) : [];
  return [...bands, ...faint, ...strong, ...marks, ...oddMarks(shown, scale, colours.bad)];
}
