// Parallel coordinates: an axis for each chosen field and result, a line for each experiment. Ranges on axes choose among them: by
// pulling along an axis, or by its two ends, which are sliders for the keyboard. Parts are named by data-parallel.
import { said, say } from "./address.js";
import { drawFacts } from "./facts-table.js";
import { fillAxes, mainResult, scaleOf, shown, varies } from "./facts.js";
import { shade, svg } from "./svg.js";

const TOP = 34, BELOW = 44, HEIGHT = 380, NARROWEST = 118, REACH = 16, MOST_AT_FIRST = 7, LONGEST_TITLE = 20;
const STEPS = { ArrowUp: 0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowLeft: -0.02, PageUp: 0.1, PageDown: -0.1, Home: -2, End: 2 };
const cut = (text) => (text.length > LONGEST_TITLE ? `…${text.slice(1 - LONGEST_TITLE)}` : text);
const clamp = (share) => Math.min(Math.max(share, 0), 1);
const snapped = (share) => (share < 0.03 ? 0 : share > 0.97 ? 1 : share); // nobody hits the very end with a pointer

export class Parallel {
  constructor(root, { experiments, axes }) {
    Object.assign(this, { root, experiments, axes });
    this.part = (name) => root.querySelector(`[data-parallel="${name}"]`);
    this.ranges = new Map(); // axis name -> [low, high], shares of the axis
    for (const words of said("ranges").split(",").filter(Boolean)) this.readRange(words);
    const first = mainResult(axes), asked = said("axes").split(",").filter((name) => axes.some((axis) => axis.name === name));
    const usual = [...axes.filter((axis) => axis.source === "field" && varies(axis)).slice(0, MOST_AT_FIRST - 1), ...(first ? [first] : [])];
    this.chosen = new Set(asked.length ? asked : usual.map(({ name }) => name));
    fillAxes(this.part("colour"), axes.filter(({ kind }) => kind === "number"), [said("colour"), first?.name], "One colour");
    this.part("colour").addEventListener("change", () => this.changed());
    this.part("clear").addEventListener("click", () => { this.ranges.clear(); this.changed(); });
    this.boxes();
    new ResizeObserver(() => this.draw()).observe(this.part("stage"));
  }

  readRange(words) {
    const [, name, low, high] = /^(.*):([\d.]+):([\d.]+)$/.exec(words) ?? [];
    if (name) this.ranges.set(name, [clamp(Number(low)), clamp(Number(high))]);
  }

  get shownAxes() { return this.axes.filter(({ name }) => this.chosen.has(name)); }

  boxes() {
    this.part("axes").replaceChildren(...this.axes.map(({ name, title }, i) => {
      const line = Object.assign(document.createElement("div"), { className: "form-check" });
      const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", id: `parallel-axis-${i}`, checked: this.chosen.has(name) });
      const label = Object.assign(document.createElement("label"), { className: "form-check-label", htmlFor: box.id, textContent: title });
      box.addEventListener("change", () => {
        this.chosen[box.checked ? "add" : "delete"](name);
        this.ranges.delete(name);
        this.changed();
      });
      line.append(box, label);
      return line;
    }));
  }

  changed() {
    say({ axes: [...this.chosen].join(), colour: this.part("colour").value, ranges: [...this.ranges].map(([name, ends]) => [name, ...ends.map((end) => end.toFixed(3))].join(":")).join() });
    this.draw();
  }

  // The places of the experiments that are within all ranges.
  within() {
    const limits = this.shownAxes.filter(({ name }) => this.ranges.has(name)).map((axis) => [axis, scaleOf(axis), this.ranges.get(axis.name)]);
    return this.experiments.map((_, place) => place).filter((place) => limits.every(([axis, { at }, [low, high]]) => {
      const share = at(axis.values[place]);
      return share !== null && share >= low - 1e-9 && share <= high + 1e-9;
    }));
  }

  draw() {
    const stage = this.part("stage"), axes = this.shownAxes;
    this.part("few").hidden = axes.length > 1;
    this.width = Math.max(stage.clientWidth, axes.length * NARROWEST);
    if (!stage.clientWidth) return;
    const focused = stage.contains(document.activeElement) ? document.activeElement.dataset.end : null;
    const gap = this.width / Math.max(axes.length, 1);
    this.columns = axes.map((axis, i) => ({ axis, scale: scaleOf(axis), x: gap * (i + 0.5) }));
    const chosen = this.within(), drawing = svg("svg", { width: this.width, height: HEIGHT, viewBox: `0 0 ${this.width} ${HEIGHT}`, role: "group", "aria-label": "Parallel coordinates" });
    drawing.append(this.lines(new Set(chosen)), ...this.columns.map((column) => this.axisOf(column)));
    stage.replaceChildren(drawing);
    if (focused) stage.querySelector(`[data-end="${CSS.escape(focused)}"]`)?.focus();
    this.tell(chosen, axes);
  }

  y(share) { return share === null ? HEIGHT - 14 : TOP + (HEIGHT - TOP - BELOW) * (1 - share); }

  lines(chosen) {
    const colour = this.axes.find(({ name }) => name === this.part("colour").value), scale = colour && scaleOf(colour), group = svg("g");
    const places = [...this.experiments.keys()].sort((a, b) => chosen.has(a) - chosen.has(b)); // the chosen ones above the others
    for (const place of places) {
      const d = this.columns.map(({ axis, scale: { at }, x }, i) => `${i ? "L" : "M"}${x.toFixed(1)} ${this.y(at(axis.values[place])).toFixed(1)}`).join("");
      const line = svg("path", { d, class: chosen.has(place) ? "parallel-line" : "parallel-line parallel-out", "data-place": place });
      if (chosen.has(place)) line.style.stroke = colour ? shade(scale.at(colour.values[place])) : "var(--d-accent)";
      line.append(svg("title", {}, `${this.experiments[place].title}${colour ? `: ${colour.title} ${shown(colour, colour.values[place])}` : ""}`));
      line.addEventListener("click", () => { location.href = this.experiments[place].url; });
      group.append(line);
    }
    return group;
  }

  axisOf({ axis, scale, x }) {
    const group = svg("g", { transform: `translate(${x.toFixed(1)} 0)`, class: "parallel-axis" }), ends = this.ranges.get(axis.name) ?? [0, 1];
    const title = svg("text", { y: 16, "text-anchor": "middle", class: "drawing-title" }, cut(axis.title), svg("title", {}, axis.title));
    const range = svg("rect", { x: -6, width: 12, y: this.y(ends[1]), height: Math.max(this.y(ends[0]) - this.y(ends[1]), 1), class: "parallel-range" });
    const hit = svg("rect", { x: -REACH, width: 2 * REACH, y: TOP, height: HEIGHT - TOP - BELOW, class: "parallel-hit", "data-axis": axis.name });
    group.append(title, svg("path", { d: `M0 ${TOP}V${HEIGHT - BELOW}`, class: "drawing-axis" }));
    if (this.ranges.has(axis.name)) group.append(range);
    for (const mark of scale.marks) group.append(svg("path", { d: `M-4 ${this.y(mark.at)}h8`, class: "drawing-axis" }), svg("text", { x: 9, y: this.y(mark.at) + 4, class: "drawing-mark" }, cut(mark.text)));
    if (axis.values.includes(null)) group.append(svg("text", { y: HEIGHT - 1, "text-anchor": "middle", class: "drawing-mark" }, "none"));
    hit.addEventListener("pointerdown", (event) => this.pull(event, axis));
    group.append(hit, ...[0, 1].map((end) => this.handle(axis, scale, ends, end)));
    return group;
  }

  handle(axis, scale, ends, end) {
    const y = this.y(ends[end]), up = end ? -1 : 1;
    const made = svg("path", { d: `M-8 ${y}h16l-4 ${7 * up}h-8z`, class: "parallel-end", tabindex: 0, role: "slider", "data-end": `${axis.name} ${end}`, "aria-orientation": "vertical" });
    const names = { "aria-label": `${axis.title}, ${end ? "highest" : "lowest"} that is shown`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * ends[end]), "aria-valuetext": scale.said(ends[end]) };
    for (const [name, value] of Object.entries(names)) made.setAttribute(name, value);
    made.addEventListener("pointerdown", (event) => this.pull(event, axis, ends[1 - end]));
    made.addEventListener("keydown", (event) => this.key(event, axis, ends, end));
    return made;
  }

  key(event, axis, ends, end) {
    if (event.key === "Escape") this.set(axis, [0, 1]);
    else if (event.key in STEPS) this.set(axis, ends.map((share, i) => (i === end ? clamp(share + STEPS[event.key]) : share)));
    else return;
    event.preventDefault();
  }

  // From `fixed`, or from where the pointer went down, to where it is; what is hardly a range is none.
  pull(event, axis, fixed = null) {
    event.preventDefault();
    const top = this.part("stage").firstElementChild.getBoundingClientRect().top;
    const shareAt = ({ clientY }) => snapped(clamp(1 - (clientY - top - TOP) / (HEIGHT - TOP - BELOW))), from = fixed ?? shareAt(event);
    const move = (moved) => this.set(axis, [from, shareAt(moved)], false), listening = new AbortController(), { signal } = listening;
    addEventListener("pointermove", move, { signal });
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, (last) => {
      listening.abort();
      const wide = Math.abs(shareAt(last) - from) > 0.015;
      this.set(axis, wide || fixed !== null ? [from, shareAt(last)] : [0, 1]);
    }, { signal });
  }

  set(axis, ends, final = true) {
    const [low, high] = [...ends].sort((a, b) => a - b);
    if (low <= 0 && high >= 1) this.ranges.delete(axis.name);
    else this.ranges.set(axis.name, [low, high]);
    if (final) this.changed();
    else this.draw();
  }

  tell(chosen, axes) {
    const all = this.experiments.length, link = this.part("compare"), colour = this.axes.find(({ name }) => name === this.part("colour").value);
    this.part("status").textContent = this.ranges.size ? `${chosen.length} of ${all} experiments are within all ranges.` : `All ${all} experiments. Pull along an axis to choose a range.`;
    this.part("clear").disabled = !this.ranges.size;
    link.hidden = chosen.length < 2 || chosen.length === all;
    link.textContent = `Compare these ${chosen.length}`;
    link.href = `/compare?ids=${chosen.map((place) => this.experiments[place].id).join()}`;
    this.part("legend").hidden = !colour;
    if (colour) [["low", 0], ["high", 1]].forEach(([name, share]) => { this.part(name).textContent = scaleOf(colour).said(share); });
    drawFacts(this.part("table"), this.experiments, axes, chosen);
  }
}
