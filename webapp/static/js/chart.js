// One chart: <figure data-chart data-keys="a,b" | data-prefix="p/">. A Board owns it and says when it is drawn.
import { number } from "./format.js";
import { Legend } from "./legend.js";
import { themeColours } from "./palette.js";
import { AXES, drawn, inRange, layoutOf, tracesOf } from "./traces.js";

const MOST_POINTS = 1500;
const CONFIG = { displayModeBar: false, doubleClick: "autosize", responsive: false, showTips: false };

export class Chart {
  constructor(figure, board, series) {
    this.board = board;
    this.figure = figure;
    this.series = series;
    this.plot = figure.querySelector("[data-plot]");
    this.canvas = figure.querySelector("[data-canvas]");
    this.cross = figure.querySelector("[data-cross]");
    this.empty = figure.querySelector("[data-empty]");
    this.at = figure.querySelector("[data-legend-at]");
    this.legend = new Legend(figure.querySelector("[data-legend]"), () => board.touch(this));
    this.logY = "logY" in figure.dataset;
    this.guide = Number(figure.dataset.guide) || null;
    this.guideLabel = figure.dataset.guideLabel;
    this.visible = false;
    this.mounted = false;
    this.dirty = true;
    this.shown = [];
  }

  async draw(Plotly) {
    this.dirty = false;
    const { settings } = this.board, colours = themeColours();
    const all = this.series().filter(({ curve }) => curve?.length);
    this.legend.update(all);
    const most = Math.max(300, Math.floor((4 * MOST_POINTS) / Math.max(all.length, 4)));
    this.shown = all
      .filter(({ id }) => !this.legend.hidden.has(id))
      .map((series) => ({ series, ...inRange(drawn(series, settings, most), settings.range) }));
    this.empty.hidden = all.length > 0;
    if (this.board.over) this.empty.textContent = "Nothing was measured here.";
    const traces = tracesOf(this.shown, settings, colours);
    const layout = layoutOf(settings, this, colours, traces.some(({ yaxis }) => yaxis === "y2"));
    Object.assign(layout.yaxis, this.specialRange(layout.yaxis.type === "log"));
    await (this.mounted ? Plotly.react : Plotly.newPlot)(this.canvas, traces, layout, CONFIG);
    if (!this.mounted) this.listen(Plotly);
    this.showValues(this.board.crossAt);
    if (this.shown.length) document.documentElement.dataset.firstPoint ??= performance.now();
  }

  // Where Plotly would choose an odd range by itself: without a point, and for a constant.
  specialRange(log) {
    if (!this.shown.length) return { autorange: false, range: log ? [-5, 0] : [0, 1] };
    const values = this.shown.flatMap(({ raw }) => raw.filter(Number.isFinite));
    const [value] = values;
    if (log || !value || values.some((other) => other !== value)) return {};
    return { autorange: false, range: value > 0 ? [0, 2 * value] : [2 * value, 0] };
  }

  listen(Plotly) {
    this.mounted = true;
    this.canvas.on("plotly_relayout", (change) => this.relayouted(change));
    new ResizeObserver(() => this.canvas.offsetWidth && Plotly.Plots.resize(this.canvas)).observe(this.plot);
    this.plot.addEventListener("pointermove", (event) => this.board.moveCross(this.valueAt(event)));
    this.plot.addEventListener("pointerleave", () => this.board.moveCross(null));
    this.plot.addEventListener("blur", () => this.board.moveCross(null));
    this.plot.addEventListener("keydown", (event) => this.key(event));
  }

  relayouted(change) {
    if (change["xaxis.autorange"]) this.board.zoom(null);
    else if ("xaxis.range[0]" in change) {
      const ends = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      this.board.zoom(this.board.settings.logx ? ends.map((end) => 10 ** end) : ends);
    }
  }

  get xaxis() { return this.canvas._fullLayout.xaxis; }

  valueAt(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left - this.xaxis._offset;
    return x < 0 || x > this.xaxis._length ? null : this.xaxis.p2d(x);
  }

  key(event) {
    if (event.key === "Escape") return this.board.zoom(null);
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const x = this.shown[0]?.x;
    if (!direction || !x) return;
    event.preventDefault();
    const here = this.board.crossAt === null ? x.length - 1 - (direction > 0 ? 0 : -1) : nearest(x, this.board.crossAt) + direction;
    this.board.moveCross(x[Math.min(Math.max(here, 0), x.length - 1)]);
  }

  showCross(at) {
    if (!this.mounted) return;
    const pixel = at === null ? NaN : this.xaxis.d2p(at);
    const inside = pixel >= 0 && pixel <= this.xaxis._length;
    this.cross.hidden = !inside;
    if (inside) this.cross.style.left = `${this.xaxis._offset + pixel}px`;
    this.showValues(at);
  }

  showValues(at) {
    this.at.textContent = at === null ? "" : `${AXES[this.board.settings.x].title.toLowerCase()} ${number(Number(at.toPrecision(4)))}`;
    this.legend.values(
      this.shown.map(({ series, x, raw }) => [series.id, series.key, at === null ? series.curve.last : raw[nearest(x, at)]]),
    );
  }
}

function nearest(x, at) {
  let low = 0, high = x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  return Math.abs(x[high] - at) < Math.abs(at - x[low]) ? high : low;
}
