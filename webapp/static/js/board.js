// All charts of a page: shared settings, zoom and hover; finer points from the server when zoomed in.
import { Chart } from "./chart.js";
import { curveOf } from "./curves.js";

export class Board {
  constructor(live, toolbar) {
    this.live = live;
    this.charts = [];
    this.fine = new Map(); // "trial/key" -> a finer curve of the zoomed window
    const saved = JSON.parse(localStorage.getItem("chart-settings") ?? "{}");
    const asked = Object.fromEntries(new URLSearchParams(location.search));
    this.settings = {
      x: asked.x ?? saved.x ?? "step",
      logX: (asked.logx ?? String(saved.logX ?? false)) === "true",
      logY: (asked.logy ?? String(saved.logY ?? false)) === "true",
      smoothing: Number(asked.smoothing ?? saved.smoothing ?? 0.6),
    };
    if (toolbar) this.bind(toolbar);
  }

  bind(toolbar) {
    const controls = Object.fromEntries([...toolbar.querySelectorAll("[data-setting]")].map((c) => [c.dataset.setting, c]));
    const show = () => {
      for (const [name, control] of Object.entries(controls)) {
        if (control.type === "checkbox") control.checked = this.settings[name];
        else control.value = this.settings[name];
      }
      toolbar.querySelector("[data-smoothing-value]").textContent = this.settings.smoothing.toFixed(2);
    };
    toolbar.addEventListener("input", (event) => {
      const control = event.target.closest("[data-setting]");
      if (!control) return;
      const value = control.type === "checkbox" ? control.checked : control.type === "range" ? Number(control.value) : control.value;
      this.settings[control.dataset.setting] = value;
      localStorage.setItem("chart-settings", JSON.stringify(this.settings));
      this.remember();
      if (["x", "logX"].includes(control.dataset.setting)) this.zoom(null);
      show();
      this.redraw();
    });
    toolbar.querySelector("[data-reset]")?.addEventListener("click", () => this.zoom(null));
    show();
  }

  // The address says what is shown, so that it can be sent to others.
  remember() {
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(this.settings)) address.searchParams.set(name.toLowerCase(), value);
    history.replaceState(null, "", address);
  }

  add(element, options) {
    const series = () => options.series().map((item) => ({ ...item, curve: this.fine.get(`${item.trial.id}/${item.key}`) ?? item.curve }));
    const chart = new Chart(element, { ...options, series, settings: this.settings, onZoom: (range) => this.zoom(range, chart), onHover: (from, x) => this.hover(from, x) });
    chart.coarse = options.series;
    this.charts.push(chart);
    return chart;
  }

  redraw() {
    for (const chart of this.charts) chart.schedule();
  }

  hover(from, x) {
    if (this.hovering) return;
    this.hovering = true;
    for (const chart of this.charts) {
      if (chart === from) continue;
      try { chart.hoverAt(x); } catch { /* a chart without points has nothing to show */ }
    }
    this.hovering = false;
  }

  zoom(range, source = this.charts[0]) {
    for (const chart of this.charts) chart.zoomTo(range);
    clearTimeout(this.refining);
    if (!range) {
      this.fine.clear();
      this.redraw();
      return;
    }
    const steps = source.steps(range);
    if (steps) this.refining = setTimeout(() => this.refine(steps), 200);
  }

  // The coarse curve is on the screen already; the window's own points replace it when they come.
  async refine([first, last]) {
    const wanted = this.charts.filter((chart) => chart.visible).flatMap((chart) => chart.coarse());
    const keys = [...new Set(wanted.map((item) => item.key))].join(",");
    const ids = [...new Set(wanted.map((item) => item.trial.id))].join(",");
    if (!keys) return;
    const query = new URLSearchParams({ trials: ids, keys, points: "1500", from: first, to: last });
    const response = await fetch(`/live/snapshot?${query}`);
    if (!response.ok) return;
    const body = await response.json();
    for (const [id, trial] of Object.entries(body.trials)) {
      for (const [key, typed] of Object.entries(trial.curves)) this.fine.set(`${id}/${key}`, curveOf(typed));
    }
    this.redraw();
  }
}
