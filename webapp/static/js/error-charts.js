// The charts of the errors tab: the confusion matrix as a heat map, and a scatter of what was said against what was wanted.
import { number } from "./format.js";
import { themeColours } from "./palette.js";
import { plotly, plotlyWithHeatMaps } from "./plotly.js";

const MOST_COUNTED = 25; // classes; with more of them the counts do not fit into their cells, and are read by pointing
const CONFIG = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

function layoutOf(colours, x, y) {
  const axis = { gridcolor: colours.grid, linecolor: colours.line, zeroline: false, ticks: "", tickfont: { size: 11 }, automargin: true, fixedrange: true };
  return {
    margin: { l: 30, r: 8, t: 6, b: 30 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, size: 11, color: colours.axis },
    hoverlabel: { font: { family: colours.font } },
    showlegend: false,
    dragmode: false,
    xaxis: { ...axis, title: { text: x, standoff: 6 } },
    yaxis: { ...axis, title: { text: y, standoff: 6 } },
  };
}

const short = (name) => (name.length > 14 ? `${name.slice(0, 13)}…` : name);

// Right answers are grey, whatever their number, so that the mistakes stand out; the most frequent mistake has the full colour.
export async function drawConfusion(canvas, { classes, confusion }, choose) {
  const Plotly = await plotlyWithHeatMaps(), colours = themeColours();
  const mistakes = confusion.map((row, i) => row.map((count, j) => (i === j ? null : count)));
  const right = confusion.map((row, i) => row.map((count, j) => (i === j ? 1 : null)));
  const words = confusion.map((row, i) => row.map((count, j) => (i === j ? `${classes[i]}: ${number(count)} right` : `${classes[i]}, said to be ${classes[j]}: ${number(count)}`)));
  const counts = (wanted) => confusion.map((row, i) => row.map((count, j) => (count && (i === j) === wanted ? number(count) : "")));
  const template = classes.length <= MOST_COUNTED ? { texttemplate: "%{text}" } : {};
  const common = { type: "heatmap", customdata: words, hovertemplate: "%{customdata}<extra></extra>", showscale: false, hoverongaps: false, xgap: 1, ygap: 1, ...template };
  const traces = [
    { ...common, z: right, text: counts(true), zmin: 0, zmax: 1, colorscale: [[0, colours.grid], [1, colours.grid]], textfont: { color: colours.axis } },
    { ...common, z: mistakes, text: counts(false), zmin: 0, zmax: Math.max(1, ...mistakes.flat()), colorscale: [[0, colours.card], [1, colours.bad]] },
  ];
  const layout = layoutOf(colours, "said", "truth");
  const ticks = { tickvals: classes.map((_, index) => index), ticktext: classes.map(short), showgrid: false };
  if (classes.length > MOST_COUNTED) delete ticks.tickvals;
  Object.assign(layout.xaxis, ticks);
  Object.assign(layout.yaxis, ticks, { autorange: "reversed" });
  await Plotly.react(canvas, traces, layout, CONFIG);
  canvas.removeAllListeners("plotly_click");
  canvas.on("plotly_click", ({ points: [point] }) => point.x !== point.y && choose(point.y, point.x));
}

export async function drawScatter(canvas, { targets, pairs }, target) {
  const Plotly = await plotly, colours = themeColours();
  const { wanted, said } = pairs[target], known = [...wanted, ...said].filter((value) => value !== null);
  const ends = [Math.min(...known), Math.max(...known)];
  const layout = layoutOf(colours, `${targets[target]}, wanted`, "said");
  layout.shapes = [{ type: "line", layer: "below", x0: ends[0], y0: ends[0], x1: ends[1], y1: ends[1], line: { color: colours.axis, width: 1.2, dash: "dash" } }];
  const points = { type: "scatter", mode: "markers", x: wanted, y: said, marker: { size: 6, opacity: 0.55, color: colours.bad }, hovertemplate: "wanted %{x:.4~g}, said %{y:.4~g}<extra></extra>" };
  await Plotly.react(canvas, [points], layout, CONFIG);
}
