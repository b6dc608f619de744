// The frame of a chart for Plotly: axes, ranges, and the line that guides the eye.
export const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false, scrollZoom: true };

// range: the window on the x axis, or null for all of it; y: what yRange gave.
export function layoutOf({ scale, range, y, log, guide, guideLabel, colours, odd }) {
  const axis = { gridcolor: colours.grid, linecolor: colours.line, zeroline: false, ticks: "", tickfont: { size: 11 }, automargin: false };
  // Labels fit into the margins; to measure each of them is a third of what drawing costs.
  if (scale.type !== "date") axis.ticklabeloverflow = "allow";
  const ends = range?.map(scale.toLinear);
  return {
    margin: { l: 52, r: 14, t: 8, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: colours.font, size: 11, color: colours.axis },
    showlegend: false,
    hovermode: false,
    dragmode: "zoom",
    xaxis: { ...axis, type: scale.type, autorange: !ends, ...(ends && { range: scale.type === "date" ? ends.map(written) : ends }), exponentformat: "SI", minexponent: 3, nticks: 7, title: { text: scale.title, standoff: 4, font: { size: 11 } } },
    yaxis: { ...axis, type: log ? "log" : "linear", autorange: false, range: y.range, fixedrange: true, nticks: 6, exponentformat: "e", minexponent: 6, ...(log && y.range[1] - y.range[0] > 1.5 && { dtick: Math.ceil((y.range[1] - y.range[0]) / 7) }) },
    ...(odd && { yaxis2: { overlaying: "y", range: [0, 1], visible: false, fixedrange: true } }),
    ...(guide && guideOf(guide, guideLabel, colours)),
  };
}

// Local milliseconds as Plotly writes a date.
const written = (ms) => new Date(ms).toISOString().replace("T", " ").replace("Z", "");

function guideOf(guide, label, colours) {
  return {
    shapes: [{ type: "line", layer: "below", xref: "paper", x0: 0, x1: 1, y0: guide, y1: guide, line: { color: colours.axis, width: 1.2, dash: "dash" } }],
    annotations: [{ xref: "paper", x: 1, xanchor: "right", y: Math.log10(guide), yanchor: "bottom", text: label, showarrow: false, bgcolor: colours.card, borderpad: 2, font: { size: 11, color: colours.axis } }],
  };
}
