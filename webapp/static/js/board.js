// The charts of a page: drawn when they can be seen, at most about ten times a second, with one cross-hair and one zoom for all.
import { Chart } from "./chart.js";
import { plotly } from "./plotly.js";
import { extentOf } from "./traces.js";

const SHORTEST_PAUSE_MS = 100;
const FRAME_BUDGET_MS = 40;

export class Board {
  constructor(settings, onZoom) {
    this.settings = { ...settings, range: null };
    this.onZoom = onZoom;
    this.charts = [];
    this.crossAt = null;
    this.over = false; // nothing more will be measured
    this.pressed = false;
    this.nextAt = 0;
    this.cost = 0;
    this.round = []; // charts that are to be drawn before the next pause, each once, however often it becomes due meanwhile
    this.scheduled = false;
    this.seen = new IntersectionObserver((entries) => this.see(entries), { rootMargin: "200px" });
    plotly.then((Plotly) => { this.Plotly = Plotly; this.schedule(); });
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => this.release());
    document.addEventListener("theme-changed", () => this.touch());
  }

  add(figure, series) {
    const chart = new Chart(figure, this, series);
    chart.plot.addEventListener("pointerdown", () => { this.pressed = true; });
    this.charts.push(chart);
    this.seen.observe(figure);
    return chart;
  }

  // While a zoom box is being drawn nothing else is: a redraw would take it away.
  release() {
    if (!this.pressed) return;
    this.pressed = false;
    this.schedule();
  }

  see(entries) {
    for (const { target, isIntersecting } of entries) {
      const chart = this.charts.find(({ figure }) => figure === target);
      if (chart) chart.visible = isIntersecting;
    }
    this.schedule();
  }

  // Something in one chart, or in all of them, is new.
  touch(only = null) {
    for (const chart of only ? [only] : this.charts) chart.dirty = true;
    if (only) this.nextAt = 0;
    this.schedule();
  }

  set(changed) {
    Object.assign(this.settings, changed);
    this.nextAt = 0;
    this.touch();
  }

  get due() { return this.pressed ? [] : this.charts.filter((chart) => chart.dirty && chart.visible); }

  schedule() {
    if (this.scheduled || !this.Plotly || !this.due.length) return;
    this.scheduled = true;
    const wait = this.nextAt - performance.now();
    if (wait > 0) setTimeout(() => this.frame(), wait);
    else this.frame();
  }

  frame() {
    requestAnimationFrame(async () => { // a hidden tab gets no frames, so it draws nothing until it is shown
      const began = performance.now();
      this.settings.extent = extentOf(this.charts.flatMap((chart) => chart.series()), this.settings);
      if (!this.round.length) this.round = this.due;
      while (this.round.length && performance.now() - began < FRAME_BUDGET_MS) await this.round.shift().draw(this.Plotly);
      this.round = this.round.filter((chart) => this.due.includes(chart));
      this.scheduled = false;
      this.cost += performance.now() - began;
      if (this.round.length) return this.schedule();
      this.nextAt = performance.now() + Math.max(SHORTEST_PAUSE_MS - this.cost, this.cost / 2);
      this.cost = 0;
      this.schedule();
    });
  }

  zoom(range) {
    this.settings.range = range;
    this.nextAt = 0;
    this.onZoom(range);
    this.touch();
  }

  moveCross(at) {
    this.wantedCross = at;
    if (this.crossScheduled) return;
    this.crossScheduled = true;
    requestAnimationFrame(() => {
      this.crossScheduled = false;
      this.crossAt = this.wantedCross;
      for (const chart of this.charts) if (chart.visible) chart.showCross(this.crossAt);
    });
  }
}
