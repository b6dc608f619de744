// From histograms over steps, {step, low, high, counts}, to what Plotly draws: a heat map or ridgelines.
import { number } from "./format.js";

const ROWS = 96;
const MOST_RIDGES = 24;
const RIDGE_HEIGHT = 3; // in distances between two ridges

// The share of values in each of `rows` bins of a range that all steps have in common.
export function shares({ low, high, counts }, index, bottom, top, rows) {
  const total = counts[index].reduce((a, b) => a + b, 0) || 1;
  const made = new Array(rows).fill(0), own = (high[index] - low[index]) / counts[index].length, wide = (top - bottom) / rows;
  counts[index].forEach((count, bin) => {
    if (!count) return;
    const from = (low[index] + bin * own - bottom) / wide, to = from + own / wide;
    const first = Math.min(Math.max(Math.floor(from), 0), rows - 1), last = Math.min(Math.max(Math.ceil(to) - 1, first), rows - 1);
    for (let row = first; row <= last; row += 1) { // a bin that lies across several rows is divided among them
      const part = first === last ? 1 : (Math.min(to, row + 1) - Math.max(from, row)) / (to - from);
      made[row] += (count / total) * part;
    }
  });
  return made;
}

function rangeOf({ low, high, counts }) {
  const filled = counts.map((column, index) => index).filter((index) => counts[index].some(Boolean));
  if (!filled.length) return [-0.5, 0.5];
  return [Math.min(...filled.map((index) => low[index])), Math.max(...filled.map((index) => high[index]))];
}

const middles = (bottom, top, rows) => Array.from({ length: rows }, (_, row) => bottom + ((row + 0.5) * (top - bottom)) / rows);

function layoutOf(colours, across, up) {
  const axis = { gridcolor: colours.grid, linecolor: colours.line, zeroline: false, ticks: "", tickfont: { size: 11 }, exponentformat: "e", minexponent: 6, nticks: 6 };
  return {
    margin: { l: 58, r: 14, t: 8, b: 36 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, size: 11, color: colours.axis },
    hoverlabel: { bgcolor: colours.card, bordercolor: colours.line, font: { color: colours.axis } },
    showlegend: false,
    dragmode: false,
    xaxis: { ...axis, fixedrange: true, ...across },
    yaxis: { ...axis, fixedrange: true, ...up },
  };
}

const titled = (text) => ({ title: { text, standoff: 4, font: { size: 11 } } });

// Colours and heights are the square root of the share, so that thin tails are seen beside a tall peak. The few highest of a heat
// map have one colour: the zeros of rectified units would otherwise leave the rest pale.
function ceilingOf(rows) {
  const seen = rows.flat().filter(Boolean).sort((a, b) => a - b);
  return seen[Math.floor(0.97 * seen.length)] || 1;
}

// A column for each step.
export function heatMap(shown, colours) {
  const [bottom, top] = rangeOf(shown);
  const columns = shown.step.map((_, index) => shares(shown, index, bottom, top, ROWS));
  const rows = Array.from({ length: ROWS }, (_, row) => columns.map((column) => column[row]));
  const roots = rows.map((row) => row.map(Math.sqrt));
  const trace = {
    type: "heatmap",
    x: shown.step,
    y: middles(bottom, top, ROWS),
    z: roots,
    zmax: ceilingOf(roots),
    text: rows.map((row) => row.map((share) => `${(100 * share).toPrecision(2)}%`)),
    hovertemplate: "step %{x}<br>about %{y:.3g}<br>%{text} of the values<extra></extra>",
    colorscale: [[0, colours.card], [1, colours.accent]],
    showscale: false,
    zmin: 0,
    zsmooth: false,
  };
  const across = shown.step.length > 1 ? {} : { tickvals: shown.step };
  return { data: [trace], layout: layoutOf(colours, { ...titled("Step"), ...across, showgrid: false }, { showgrid: false }) };
}

// A line for each of some steps, the first at the back; each is as tall as its own peak.
export function ridgelines(shown, colours) {
  const [bottom, top] = rangeOf(shown), x = middles(bottom, top, ROWS);
  const chosen = evenly(shown.step.length, MOST_RIDGES), count = chosen.length;
  const data = chosen.map((index, place) => {
    const column = shares(shown, index, bottom, top, ROWS).map(Math.sqrt), peak = Math.max(...column) || 1;
    const base = count - 1 - place, outline = column.map((share) => base + (RIDGE_HEIGHT * share) / peak);
    return {
      type: "scatter",
      mode: "lines",
      x: [x[0], ...x, x[ROWS - 1]],
      y: [base, ...outline, base],
      fill: "toself",
      fillcolor: colours.card,
      line: { color: mixed(colours.axis, colours.accent, count > 1 ? place / (count - 1) : 1), width: 1.3 },
      name: `step ${number(shown.step[index])}`,
      hoveron: "points",
      hovertemplate: "about %{x:.3g}",
    };
  });
  const named = evenly(count, 7);
  const up = {
    ...titled("Step"),
    tickvals: named.map((place) => count - 1 - place),
    ticktext: named.map((place) => number(shown.step[chosen[place]])),
    range: [-0.3, count - 1 + RIDGE_HEIGHT + 0.2],
  };
  return { data, layout: layoutOf(colours, {}, up) };
}

// At most so many of the indices up to `count`, the first and the last among them.
function evenly(count, most) {
  const made = Math.min(count, most);
  return Array.from({ length: made }, (_, index) => Math.round((index * (count - 1)) / Math.max(made - 1, 1)));
}

function mixed(from, to, share) {
  const numbers = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const [a, b] = [numbers(from), numbers(to)];
  return `rgb(${a.map((value, index) => Math.round(value + share * (b[index] - value))).join()})`;
}
