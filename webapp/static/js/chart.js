// One chart: <figure data-chart data-chart-key="name" data-keys="a,b" | data-prefix="p/">. A Board owns it and says when it is drawn.
import { offerTable } from "./as-table.js";
import { AXES, scaleOf } from "./axes.js";
import { tableOf, wordsOf } from "./curve-table.js";
import { bindGestures } from "./gestures.js";
import { CONFIG, layoutOf } from "./layout.js";
import { Legend } from "./legend.js";
import { number } from "./format.js";
import { themeColours } from "./palette.js";
import { drawn, nearest, tracesOf } from "./traces.js";
import { yRange } from "./yrange.js";

const POINTS_PER_PIXEL = 2; // the least and the greatest of each column
const TELL_MS = 1_000;
const MOST_POINTS = 24_000; // of a chart, whatever the number of its curves

export class Chart {
  constructor(figure, board, series) {
    this.board = board;
    this.figure = figure;
    this.series = series;
    this.name = figure.dataset.chartKey;
    for (const part of ["plot", "canvas", "cross", "empty", "clipped"]) this[part] = figure.querySelector(`[data-${part}]`);
    this.at = figure.querySelector("[data-legend-at]");
    this.legend = new Legend(figure.querySelector("[data-legend]"), (group) => this.toggleCurve(group));
    this.guide = Number(figure.dataset.guide) || null;
    this.guideLabel = figure.dataset.guideLabel;
    this.visible = false;
    this.mounted = false;
    this.dirty = true;
    this.behind = false; // of the axis, not of its own curves
    this.shown = [];
    offerTable(figure, () => tableOf(this));
  }

  get title() { return this.figure.querySelector("[data-chart-title]").textContent; }

  // What this chart has for itself: {logy, outliers, hidden}. The rest is as the board has it.
  get own() { return this.board.own(this.name); }

  get log() { return this.own.logy ?? ("logY" in this.figure.dataset || this.board.settings.logy); }

  get clip() { return this.own.outliers ?? this.board.settings.outliers; }

  toggleCurve(group) {
    const { hidden } = this.own;
    if (!hidden.delete(group)) hidden.add(group);
    this.changedOwn();
  }

  set(changed) {
    Object.assign(this.own, changed);
    this.changedOwn();
  }

  changedOwn() {
    this.board.touch(this);
    this.board.changed();
  }

  async draw(Plotly) {
    this.dirty = this.behind = false;
    const { settings } = this.board, colours = themeColours(), { log, clip, guide, guideLabel } = this;
    this.scale = scaleOf(settings);
    if (!this.mounted) this.width = this.plot.clientWidth; // later the observer says it: to ask makes the browser lay out the page
    const all = this.series().filter(({ curve }) => curve?.length);
    this.legend.update(all, this.own.hidden);
    const most = Math.max(300, Math.min(POINTS_PER_PIXEL * this.width, MOST_POINTS / Math.max(all.length, 1)));
    this.shown = all.filter(({ id, group = id }) => !this.own.hidden.has(group)).map((series) => drawn(series, settings, this.scale, most));
    this.empty.hidden = all.length > 0;
    if (this.board.over) this.empty.textContent = "Nothing was measured here.";
    const y = yRange(this.shown, { log, clip, guide: all.length ? guide : null });
    const range = settings.range ?? settings.extent;
    const traces = tracesOf(this.shown, this.scale, log, colours, range);
    const layout = layoutOf({ scale: this.scale, range, y, log, guide, guideLabel, colours, odd: traces.some(({ yaxis }) => yaxis === "y2") });
    await (this.mounted ? Plotly.react : Plotly.newPlot)(this.canvas, traces, layout, CONFIG);
    if (!this.mounted) this.listen(Plotly);
    this.showClipped(y, log);
    this.showCross(this.board.crossAt);
    this.board.marks?.place(this);
    if (this.shown.length) document.documentElement.dataset.firstPoint ??= performance.now();
    this.telling ??= setTimeout(() => this.tell(), TELL_MS);
  }

  // The picture in words.
  tell() {
    this.telling = null;
    this.canvas.setAttribute("aria-label", wordsOf(this));
  }

  listen(Plotly) {
    this.mounted = true;
    this.canvas.on("plotly_relayout", (change) => "xaxis.range[0]" in change && this.board.zoom(this.xaxis.range.map((end) => this.scale.fromLinear(this.xaxis.r2l(end)))));
    this.canvas.on("plotly_doubleclick", () => this.board.zoom(null));
    if (this.resized) return;
    this.resized = new ResizeObserver(([{ contentRect }]) => this.resize(Plotly, contentRect.width));
    this.resized.observe(this.plot);
    bindGestures(this);
  }

  resize(Plotly, width) {
    if (!this.mounted || !width) return;
    this.width = width;
    Plotly.Plots.resize(this.canvas);
    this.board.marks?.place(this);
  }

  // Far from what is seen it takes no memory.
  unmount(Plotly) {
    Plotly.purge(this.canvas);
    this.mounted = false;
    this.dirty = true;
    this.cross.hidden = true;
    this.board.marks?.place(this);
  }

  get xaxis() { return this.canvas._fullLayout.xaxis; }

  valueAt(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left - this.xaxis._offset;
    return x < 0 || x > this.xaxis._length ? null : this.scale.fromLinear(this.xaxis.p2l(x));
  }

  showCross(at) {
    if (!this.mounted) return;
    const pixel = at === null ? NaN : this.xaxis.l2p(this.scale.toLinear(at));
    const inside = pixel >= 0 && pixel <= this.xaxis._length;
    this.cross.hidden = !inside;
    if (inside) this.cross.style.transform = `translateX(${Math.round(this.xaxis._offset + pixel)}px)`;
    const { title, said } = AXES[this.board.settings.x];
    this.at.textContent = at === null ? "" : this.board.settings.x === "wall" ? said(at) : `${title.toLowerCase()} ${said(at)}`;
    this.legend.values(this.shown.map(({ series, x, raw }) => [series, at === null ? series.curve.last : raw[nearest(x, at)]]));
  }

  // Says what the fence leaves out, so that nobody takes the picture for the whole.
  showClipped({ above, below, least, most }, log) {
    const said = (value) => number(log ? 10 ** value : value, 3);
    const words = [above && `▲ ${number(above)} above, up to ${said(most)}`, below && `▼ ${number(below)} below, down to ${said(least)}`].filter(Boolean);
    this.clipped.hidden = !words.length;
    this.clipped.textContent = words.join("  ");
  }
}
