// A scatter of experiments: any two fields or results against each other, colour and size by others. Parts are named by data-scatter.
import { said, say } from "./address.js";
import { drawFacts } from "./facts-table.js";
import { NONE, fillAxes, mainResult, scaleOf, shown, varies } from "./facts.js";
import { shade, svg } from "./svg.js";

const HEIGHT = 420, MARGIN = { top: 14, right: 22, bottom: 52, left: 74 }, SMALLEST = 5, LARGEST = 15, EVEN = 7, LONGEST_MARK = 11;
const NAMES = ["x", "y", "colour", "size"];
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export class Scatter {
  constructor(root, { experiments, axes }) {
    Object.assign(this, { root, experiments, axes });
    this.part = (name) => root.querySelector(`[data-scatter="${name}"]`);
    const result = mainResult(axes), field = axes.find((axis) => axis.source === "field" && axis.kind === "number" && varies(axis)) ?? axes.find((axis) => axis !== result);
    const usual = { x: (field ?? result)?.name, y: result?.name, colour: NONE, size: NONE };
    for (const name of NAMES) {
      const choice = name === "size" || name === "colour" ? axes.filter(({ kind }) => kind === "number") : axes;
      fillAxes(this.part(name), choice, [said(`scatter-${name}`), usual[name]], { colour: "One colour", size: "One size" }[name] ?? null);
      this.part(name).addEventListener("change", () => this.changed());
    }
    new ResizeObserver(() => this.draw()).observe(this.part("stage"));
  }

  changed() {
    say(Object.fromEntries(NAMES.map((name) => [`scatter-${name}`, this.part(name).value])));
    this.draw();
  }

  axis(name) { return this.axes.find((axis) => axis.name === this.part(name).value); }

  draw() {
    const stage = this.part("stage"), [x, y, colour, size] = NAMES.map((name) => this.axis(name));
    this.width = stage.clientWidth;
    if (!this.width || !x || !y) return;
    const scales = { x: scaleOf(x), y: scaleOf(y), colour: colour && scaleOf(colour), size: size && scaleOf(size) };
    const places = [...this.experiments.keys()].filter((place) => scales.x.at(x.values[place]) !== null && scales.y.at(y.values[place]) !== null);
    const drawing = svg("svg", { width: this.width, height: HEIGHT, viewBox: `0 0 ${this.width} ${HEIGHT}`, role: "group", "aria-label": `${y.title} against ${x.title}` });
    drawing.append(...this.frame(x, y, scales), ...places.map((place) => this.point(place, { x, y, colour, size }, scales)));
    stage.replaceChildren(drawing, this.tip());
    this.tell(places, [x, y, colour, size].filter((axis, i, all) => axis && all.indexOf(axis) === i), colour, scales);
  }

  left(share) { return MARGIN.left + LARGEST + share * (this.width - MARGIN.left - MARGIN.right - 2 * LARGEST); }

  top(share) { return MARGIN.top + LARGEST + (1 - share) * (HEIGHT - MARGIN.top - MARGIN.bottom - 2 * LARGEST); }

  frame(x, y, scales) {
    const right = this.width - MARGIN.right, bottom = HEIGHT - MARGIN.bottom, made = [];
    let free = -Infinity;
    for (const { at, text } of scales.x.marks) {
      const place = this.left(at), words = cut(text, 2 * LONGEST_MARK);
      made.push(svg("path", { d: `M${place} ${MARGIN.top}V${bottom}`, class: "drawing-grid" }));
      if (place - words.length * 3.4 < free) continue;
      free = place + words.length * 3.4 + 6;
      made.push(svg("text", { x: place, y: bottom + 18, "text-anchor": "middle", class: "drawing-mark" }, words));
    }
    for (const { at, text } of scales.y.marks) {
      made.push(svg("path", { d: `M${MARGIN.left} ${this.top(at)}H${right}`, class: "drawing-grid" }));
      made.push(svg("text", { x: MARGIN.left - 8, y: this.top(at) + 4, "text-anchor": "end", class: "drawing-mark" }, cut(text, LONGEST_MARK)));
    }
    made.push(svg("path", { d: `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}`, class: "drawing-axis" }));
    made.push(svg("text", { x: (MARGIN.left + right) / 2, y: HEIGHT - 10, "text-anchor": "middle", class: "drawing-title" }, `${x.title}${x.scale === "log" ? " (log)" : ""}`));
    made.push(svg("text", { transform: `translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle", class: "drawing-title" }, `${y.title}${y.scale === "log" ? " (log)" : ""}`));
    return made;
  }

  point(place, { x, y, colour, size }, scales) {
    const { title, url } = this.experiments[place], share = size ? scales.size.at(size.values[place]) : null;
    const words = [x, y, colour, size].filter((axis, i, all) => axis && all.indexOf(axis) === i).map((axis) => `${axis.title} ${shown(axis, axis.values[place])}`);
    const link = svg("a", { href: url, "aria-label": `${title}: ${words.join(", ")}`, class: "scatter-point" });
    const cx = this.left(scales.x.at(x.values[place])), cy = this.top(scales.y.at(y.values[place]));
    const dot = svg("circle", { cx, cy, r: share === null ? EVEN - (size ? 3 : 0) : SMALLEST + share * (LARGEST - SMALLEST) });
    dot.style.fill = colour ? shade(scales.colour.at(colour.values[place])) : "var(--d-accent)";
    link.append(dot);
    for (const kind of ["pointerenter", "focus"]) link.addEventListener(kind, () => this.showTip(title, words, cx, cy));
    for (const kind of ["pointerleave", "blur"]) link.addEventListener(kind, () => { this.tipBox.hidden = true; });
    return link;
  }

  tip() {
    this.tipBox = Object.assign(document.createElement("div"), { className: "scatter-tip", hidden: true });
    return this.tipBox;
  }

  showTip(title, words, x, y) {
    const name = Object.assign(document.createElement("strong"), { textContent: title });
    this.tipBox.replaceChildren(name, ...words.map((text) => Object.assign(document.createElement("div"), { textContent: text })));
    this.tipBox.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.tipBox;
    this.tipBox.style.left = `${Math.min(Math.max(x - width / 2, 4), this.width - width - 4)}px`;
    this.tipBox.style.top = `${y > height + 24 ? y - height - 14 : y + 18}px`;
  }

  tell(places, axes, colour, scales) {
    const lacking = this.experiments.length - places.length;
    this.part("status").textContent = lacking ? `${lacking} of ${this.experiments.length} experiments ${lacking === 1 ? "lacks" : "lack"} one of the two, and cannot be drawn.` : "";
    this.part("legend").hidden = !colour;
    if (colour) [["low", 0], ["high", 1]].forEach(([name, share]) => { this.part(name).textContent = scales.colour.said(share); });
    drawFacts(this.part("table"), this.experiments, axes, places);
  }
}
