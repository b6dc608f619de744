// The charts of a page: drawn when they can be seen, at most about twelve times a second, with one cross-hair and one zoom for all.
import { extentOf, scaleOf } from "./axes.js";
import { Chart } from "./chart.js";
import { plotly } from "./plotly.js";

const SHORTEST_PAUSE_MS = 80;
const FOLLOW_MS = 1_000;
const FRAME_BUDGET_MS = 40;
const NEAR_PX = 200;
const MOST_MOUNTED = 40;
const WIDEST = 1.5; // a window is at most so many times as wide as all there is

const isNear = ({ width, top, bottom }) => width > 0 && bottom > -NEAR_PX && top < innerHeight + NEAR_PX;

export class Board {
  // changed(): something that an address should say; seen(): other charts can be seen.
  constructor(settings, { changed, seen }) {
    this.settings = { range: null, ...settings };
    this.changed = changed;
    this.seen = seen;
    this.charts = new Map(); // figure -> chart
    this.owns = new Map();
    this.crossAt = null;
    this.told = false; // what there is to draw: a chart that is drawn before is drawn twice
    this.over = false; // nothing more will be measured
    this.held = false;
    this.nextAt = 0;
    this.cost = 0;
    this.round = []; // charts that are to be drawn before the next pause, each once, however often it becomes due meanwhile
    this.scheduled = false;
    this.watch = new IntersectionObserver((entries) => this.see(entries), { rootMargin: `${NEAR_PX}px` });
    plotly.then((Plotly) => { this.Plotly = Plotly; this.schedule(); });
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => this.release());
    document.addEventListener("theme-changed", () => this.touch());
  }

  add(figure, series) {
    const chart = new Chart(figure, this, series);
    chart.visible = isNear(figure.getBoundingClientRect()); // the observer says so later
    this.charts.set(figure, chart);
    this.watch.observe(figure);
    return chart;
  }

  get all() { return [...this.charts.values()]; }

  get visible() { return this.all.filter(({ visible }) => visible); }

  own(name) {
    if (!this.owns.has(name)) this.owns.set(name, { hidden: new Set() });
    return this.owns.get(name);
  }

  // While a finger or a wheel moves a chart nothing is drawn: it would take the box or the movement away.
  hold(forMs) {
    this.held = true;
    clearTimeout(this.letGo);
    if (forMs) this.letGo = setTimeout(() => this.release(), forMs);
  }

  release() {
    if (!this.held) return;
    this.held = false;
    this.schedule();
  }

  see(entries) {
    const at = performance.now();
    for (const { target, isIntersecting } of entries) {
      const chart = this.charts.get(target);
      chart.visible = isIntersecting;
      chart.seenAt = at;
    }
    const mounted = this.all.filter((chart) => chart.mounted && !chart.visible).sort((a, b) => a.seenAt - b.seenAt);
    for (const chart of mounted.slice(0, Math.max(0, mounted.length - MOST_MOUNTED))) chart.unmount(this.Plotly);
    this.seen();
    this.schedule();
  }

  // Something in one chart, or in all of them, is new.
  touch(only = null) {
    for (const chart of only ? [only] : this.charts.values()) chart.dirty = true;
    if (only) this.nextAt = 0;
    this.schedule();
  }

  // New points: charts that show them are drawn soon, the others follow along the axis once a second.
  news(concerns) {
    for (const chart of this.charts.values()) {
      if (concerns(chart.figure)) chart.dirty = true;
      else chart.behind = true;
    }
    this.following ??= setTimeout(() => this.follow(), FOLLOW_MS);
    this.schedule();
  }

  follow() {
    this.following = null;
    for (const chart of this.charts.values()) chart.dirty ||= chart.behind;
    this.schedule();
  }

  set(changed) {
    Object.assign(this.settings, changed);
    this.nextAt = 0;
    this.touch();
  }

  get due() { return this.held ? [] : this.visible.filter(({ dirty }) => dirty); }

  schedule() {
    if (this.scheduled || !this.told || !this.Plotly || !this.due.length) return;
    this.scheduled = true;
    const wait = this.nextAt - performance.now();
    if (wait > 0) setTimeout(() => this.frame(), wait);
    else this.frame();
  }

  frame() {
    requestAnimationFrame(async () => { // a hidden tab gets no frames, so it draws nothing until it is shown
      const began = performance.now();
      this.measure();
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

  // Of the charts that have been seen; those of the others are not known yet.
  measure() {
    const seen = this.all.filter(({ visible, mounted }) => visible || mounted);
    this.settings.extent = extentOf(seen.flatMap((chart) => chart.series()), this.settings);
  }

  // To a window of the x axis, or with null to all of it.
  zoom(range) {
    this.measure();
    this.settings.range = range && this.within(range);
    this.nextAt = 0;
    this.changed(true);
    this.seen();
    this.touch();
  }

  // A window that is wider than all there is shows all of it.
  within(range) {
    const { extent } = this.settings, { toLinear } = scaleOf(this.settings);
    const width = ([from, to]) => toLinear(to) - toLinear(from);
    if (!range.every(Number.isFinite) || !(width(range) > 0)) return null;
    return extent && width(range) >= WIDEST * width(extent) ? null : range;
  }

  moveCross(at) {
    this.wantedCross = at;
    if (this.crossScheduled) return;
    this.crossScheduled = true;
    requestAnimationFrame(() => {
      this.crossScheduled = false;
      this.crossAt = this.wantedCross;
      for (const chart of this.visible) chart.showCross(this.crossAt);
    });
  }
}
