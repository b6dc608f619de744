// Six hues that people with any colour vision can tell apart on light and on dark, then the same with other dashes.
const HUES = ["#2f7ed8", "#d9790a", "#16957a", "#cf5ba6", "#1c97b8", "#d2453a"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
const SVG_DASHES = { solid: "", dash: "5 3", dot: "1.5 2.5", dashdot: "5 2 1.5 2" };
const OWN = { "train/loss": 0, "train/accuracy": 0, "validation/loss": 1, "validation/accuracy": 1 };

export function look(index) {
  return { colour: HUES[index % HUES.length], dash: DASHES[Math.floor(index / HUES.length) % DASHES.length] };
}

// Training and validation keep their colours on all charts.
export const lookOfKey = (key, index) => look(OWN[key] ?? index);

export function swatch({ colour, dash }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", "M1 4h18");
  line.setAttribute("stroke", colour);
  line.setAttribute("stroke-width", "2.5");
  line.setAttribute("stroke-dasharray", SVG_DASHES[dash]);
  svg.append(line);
  return svg;
}

let known = null; // until the theme is another: charts ask with each drawing
document.addEventListener("theme-changed", () => { known = null; });

export function themeColours() {
  known ??= readColours();
  return known;
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return { grid: read("--d-grid"), axis: read("--d-axis"), line: read("--d-line"), card: read("--d-card"), bad: read("--d-bad"), accent: read("--d-accent"), font: getComputedStyle(document.body).fontFamily };
}
