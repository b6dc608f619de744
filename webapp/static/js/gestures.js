// What pointer, wheel and keys do on a chart. Plotly draws the box of a zoom, and pans with Shift; what comes of it is the board's.
import { AXES, shifted, widened } from "./axes.js";
import { sayPoint, sayWindow } from "./chart-said.js";
import { nearest } from "./traces.js";

const STEP = 0.25; // of the window, for a key
const WHEEL_REST_MS = 250;

export function bindGestures(chart) {
  const { plot, board } = chart;
  plot.addEventListener("pointermove", (event) => board.moveCross(chart.valueAt(event)));
  plot.addEventListener("pointerleave", () => board.moveCross(null));
  plot.addEventListener("blur", () => board.moveCross(null));
  plot.addEventListener("keydown", (event) => key(chart, event));
  plot.addEventListener("pointerdown", () => board.hold());
  plot.addEventListener("wheel", (event) => wheel(board, event), { capture: true, passive: true });
}

// The wheel alone moves the page; with Ctrl or ⌘, as a pinch on a touch pad sends it, Plotly zooms at the pointer.
function wheel(board, event) {
  if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  else board.hold(WHEEL_REST_MS);
}

function key(chart, event) {
  const { board } = chart, before = board.settings.range;
  if (event.altKey || event.ctrlKey || event.metaKey || !chart.shown.length) return;
  const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key], range = board.settings.range ?? board.settings.extent;
  const act = {
    "+": () => board.zoom(widened(range, chart.scale, 0.5, board.crossAt)),
    "=": () => board.zoom(widened(range, chart.scale, 0.5, board.crossAt)),
    "-": () => board.zoom(widened(range, chart.scale, 2, board.crossAt)),
    Home: () => board.zoom(null),
    Escape: () => board.zoom(null),
    t: () => chart.figure.querySelector("[data-as-table]").click(),
  }[event.key] ?? (direction && (() => (event.shiftKey ? board.zoom(shifted(range, chart.scale, direction * STEP)) : moveCross(chart, direction))));
  if (!act || !range) return;
  event.preventDefault();
  act();
  if (event.key === "t") return;
  if (board.settings.range === before) sayPoint(chart);
  else sayWindow(chart, AXES[board.settings.x].said);
}

// To the next point that is drawn; at the edge the window goes along.
function moveCross({ board, scale, shown: [{ x, to }] }, direction) {
  const { range } = board.settings;
  const here = board.crossAt === null ? to - 1 - (direction > 0 ? 0 : -1) : nearest(x, board.crossAt) + direction;
  const at = x[Math.min(Math.max(here, 0), x.length - 1)];
  board.moveCross(at);
  if (range && (at < range[0] || at > range[1])) board.zoom(shifted(range, scale, direction * STEP));
}
