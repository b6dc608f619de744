// Comments that are pinned to points of curves, as markers on the charts: links to the comments, above what Plotly draws.
import { AXES } from "./axes.js";
import { between } from "./traces.js";

const SHOWN_MS = 4_000;
const WIDE = 14, NEAR = 8;
const SVG = "http://www.w3.org/2000/svg";
const DROP = "M6 15C2 9.500 1 7.700 1 5.800a5 5 0 0 1 10 0C11 7.700 10 9.500 6 15Z";

export class PinMarks {
  // here: the experiment whose page this is, where it is that of one.
  constructor(board, here) {
    this.board = board;
    this.here = here;
    this.pins = [];
    this.highlighted = this.wanted = null;
    board.marks = this;
  }

  set(pins) {
    this.pins = pins;
    for (const chart of this.board.all) this.place(chart);
  }

  // After each drawing: [pin, left, top] of those whose curve is shown and whose step is within the window.
  place(chart) {
    chart.marks ??= this.layerOf(chart);
    const found = chart.mounted ? apart(this.pins.flatMap((pin) => this.placeOf(chart, pin)), chart.canvas.clientWidth) : [];
    const focused = chart.marks.contains(document.activeElement) && document.activeElement;
    chart.marks.replaceChildren(...found.map(([pin, left, top]) => this.mark(pin, left, top, chart.marks)));
    if (focused) focused.focus({ preventScroll: true });
    this.focus(chart);
  }

  layerOf(chart) {
    const layer = document.createElement("div");
    layer.className = "pin-layer";
    chart.canvas.after(layer);
    return layer;
  }

  placeOf(chart, pin) {
    const shown = chart.shown.find(({ series }) => series.key === pin.key && series.ids.includes(pin.trial));
    if (!shown?.x.length) return [];
    const { curve, trial } = shown.series, { xaxis, yaxis } = chart.canvas._fullLayout;
    const axis = AXES[this.board.settings.x], at = between(curve.steps, pin.step, (i) => axis.at(curve, trial, i));
    const height = between(shown.x, at, (i) => yaxis.l2p(chart.log ? Math.log10(shown.y[i]) : shown.y[i]));
    const across = xaxis.l2p(chart.scale.toLinear(at));
    if (!(across >= 0 && across <= xaxis._length)) return [];
    const down = Number.isFinite(height) ? Math.min(Math.max(height, 0), yaxis._length) : 0;
    return [[pin, Math.round(xaxis._offset + across), Math.round(yaxis._offset + down)]];
  }

  // The same element for the same pin, so that it keeps the focus.
  mark(pin, left, top, layer) {
    const mark = layer.querySelector(`[data-pin-mark="${pin.comment}"]`) ?? this.made(pin);
    const words = `${pin.author} at step ${pin.step.toLocaleString("en")}: ${pin.said}`;
    mark.title = words;
    mark.setAttribute("aria-label", `Comment by ${words}`);
    mark.style.transform = `translate(${left}px, ${top}px)`;
    mark.classList.toggle("pin-mark-shown", pin.comment === this.highlighted);
    return mark;
  }

  made(pin) {
    const mark = document.createElement("a"), svg = document.createElementNS(SVG, "svg"), drop = document.createElementNS(SVG, "path");
    mark.href = pin.experiment === this.here ? `#comment-${pin.comment}` : `/experiments/${pin.experiment}#comment-${pin.comment}`;
    mark.className = "pin-mark";
    mark.dataset.pinMark = pin.comment;
    svg.setAttribute("viewBox", "0 0 12 16");
    svg.setAttribute("aria-hidden", "true");
    drop.setAttribute("d", DROP);
    svg.append(drop);
    mark.append(svg);
    for (const kind of ["pointerdown", "mousedown"]) mark.addEventListener(kind, (event) => event.stopPropagation()); // Plotly would zoom
    return mark;
  }

  // Scrolls to a chart, and points at a pin on it as soon as it is drawn.
  show(chart, comment) {
    this.highlighted = this.wanted = comment;
    if (this.board.settings.range) this.board.zoom(null);
    chart.figure.scrollIntoView({ block: "center" });
    this.board.touch(chart);
    this.place(chart);
    setTimeout(() => { this.highlighted = this.wanted = null; this.place(chart); }, SHOWN_MS);
  }

  focus(chart) {
    const mark = this.wanted && chart.marks.querySelector(`[data-pin-mark="${this.wanted}"]`);
    if (!mark || chart.figure.closest("[hidden]")) return;
    this.wanted = null;
    mark.focus({ preventScroll: true });
  }
}

// Marks that would cover one another stand side by side, away from the nearer edge.
function apart(places, width) {
  const taken = [];
  for (const place of places) {
    const [, left, top] = place, by = left > width / 2 ? -WIDE : WIDE;
    while (taken.some(([, x, y]) => Math.abs(x - place[1]) < NEAR && Math.abs(y - top) < NEAR)) place[1] += by;
    taken.push(place);
  }
  return places;
}
