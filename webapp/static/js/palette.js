// Six hues that people with any colour vision can tell apart on light and on dark, each with a sign of its own for those who see no
// hues; then the same with other dashes, and when all dashes are used, with each sign on the next hue: 144 looks.
const HUES = ["#2f7ed8", "#d07206", "#16957a", "#cf5ba6", "#1c97b8", "#d2453a"];
const DASHES = ["solid", "dash", "dot", "dashdot"];
const SVG_DASHES = { solid: "", dash: "5 3", dot: "1.5 2.5", dashdot: "5 2 1.5 2" };
const SIGNS = ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down"]; // as Plotly names them
const SIGN_PATHS = {
  circle: "M7 4a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
  square: "M7.300 1.300h5.400v5.400h-5.400z",
  diamond: "M10 .2 13.800 4 10 7.800 6.200 4z",
  "triangle-up": "M10 .4 13.700 7.200H6.300z",
  cross: "M8.900.2h2.200v2.700h2.700v2.200h-2.700v2.700H8.900V5.100H6.200V2.900h2.700z",
  "triangle-down": "M10 7.600 6.300.8h7.400z",
};
const OWN = { "train/loss": 0, "train/accuracy": 0, "validation/loss": 1, "validation/accuracy": 1 };

export function look(index) {
  const turn = Math.floor(index / (HUES.length * DASHES.length));
  return { colour: HUES[index % HUES.length], sign: SIGNS[(index + turn) % SIGNS.length], dash: DASHES[Math.floor(index / HUES.length) % DASHES.length] };
}

// Training and validation keep their colours on all charts.
export const lookOfKey = (key, index) => look(OWN[key] ?? index);

// A piece of the line, with its sign where there are several lines to tell apart.
export function swatch({ colour, dash, sign }, several = true) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", "M1 4h18");
  line.setAttribute("stroke", colour);
  line.setAttribute("stroke-width", "2.5");
  line.setAttribute("stroke-dasharray", SVG_DASHES[dash]);
  svg.append(line);
  if (sign && several) {
    const mark = document.createElementNS(svg.namespaceURI, "path");
    mark.setAttribute("d", SIGN_PATHS[sign]);
    mark.setAttribute("fill", colour);
    svg.append(mark);
  }
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
