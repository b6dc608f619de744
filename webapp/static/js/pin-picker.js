// To choose a point of a curve for a comment: from a chart's menu with the next press on the chart, or by the keys: arrows to the
// point, then C. Escape gives up.
import { AXES } from "./axes.js";
import { nearest } from "./traces.js";

const HINT = "Press the point that you want to speak of. Escape gives up.";

// chosen({trial, key, step, value}); hint(words or null).
export function bindPicker(board, { chosen, hint }) {
  let picking = null;

  function begin(chart) {
    end();
    picking = chart;
    chart.figure.classList.add("picking");
    hint(HINT);
    chart.plot.focus({ preventScroll: true });
  }

  function end() {
    picking?.figure.classList.remove("picking");
    if (picking) hint(null);
    picking = null;
  }

  function take(chart, at, y) {
    const point = pointAt(chart, at, y);
    end();
    if (point) chosen(point);
  }

  document.querySelector("[data-comment-item]").hidden = false;
  for (const place of [document, ...[...document.querySelectorAll("template")].map(({ content }) => content)]) {
    for (const plot of place.querySelectorAll("[data-plot]")) plot.ariaLabel += " C comments on the point.";
  }
  document.addEventListener("comment-here", ({ detail: { chart } }) => begin(chart));
  for (const kind of ["pointerdown", "mousedown", "touchstart"]) document.addEventListener(kind, (event) => picking?.plot.contains(event.target) && event.stopPropagation(), true); // Plotly would zoom
  document.addEventListener("click", (event) => {
    if (!picking) return;
    if (!picking.plot.contains(event.target)) return picking.figure.contains(event.target) ? undefined : end();
    event.preventDefault();
    event.stopPropagation();
    const at = picking.valueAt(event);
    if (at !== null) take(picking, at, event.clientY - picking.plot.getBoundingClientRect().top);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (picking && event.key === "Escape") { event.stopPropagation(); return end(); }
    const chart = board.all.find(({ plot }) => plot === document.activeElement);
    const wanted = event.key.toLowerCase() === "c" || (picking === chart && event.key === "Enter");
    if (!chart?.mounted || !wanted || event.ctrlKey || event.metaKey || event.altKey || board.crossAt === null) return;
    event.preventDefault();
    take(chart, board.crossAt, null);
  }, true);
}

// The point of the curve that is nearest in height, or of the first one where only the place on the axis is known.
function pointAt({ shown, canvas, log, board }, at, height) {
  const { yaxis } = canvas._fullLayout;
  const far = ({ x, y }) => {
    if (height === null) return 0;
    const there = y[nearest(x, at)], pixel = yaxis._offset + yaxis.l2p(log ? Math.log10(there) : there);
    return Number.isFinite(pixel) ? Math.abs(pixel - height) : Infinity;
  };
  const [best] = shown.filter(({ x }) => x.length).sort((a, b) => far(a) - far(b));
  if (!best) return null;
  const { curve, key, ids, trial } = best.series, axis = AXES[board.settings.x];
  const point = nearest(curve.steps.map((_, i) => axis.at(curve, trial, i)), best.x[nearest(best.x, at)]), value = curve.values[point];
  return { trial: ids[0], key, step: Math.round(curve.steps[point]), value: Number.isFinite(value) ? value : null };
}

