// Histograms of one layer over time: [data-histograms] holds the parts named by data-histogram. Fetched and drawn only while they can be seen.
import { offerTable } from "./as-table.js";
import { number } from "./format.js";
import { heatMap, ridgelines } from "./histogram-traces.js";
import { themeColours } from "./palette.js";
import { tableOfHistograms, wordsOfHistograms } from "./plain-tables.js";
import { plotlyWithHeatMaps } from "./plotly.js";

const CONFIG = { displayModeBar: false, doubleClick: "autosize", responsive: false, showTips: false };
const PAUSE_MS = 1_000;
const FAILED = "The histograms could not be fetched. Open the tab again to try once more.";
const NONE = "None were measured. In a new experiment, set “Histograms every” under Monitor to 1 epoch.";

export class Histograms {
  // over() says whether nothing more will be measured.
  constructor(root, over) {
    this.root = root;
    this.over = over;
    this.part = (name) => root.querySelector(`[data-histogram="${name}"]`);
    this.address = root.dataset.histograms;
    this.waiting = this.part("empty").textContent;
    this.keys = [];
    this.stale = true;
    this.nextAt = 0;
    this.part("key").addEventListener("change", () => this.changed());
    this.part("look").addEventListener("change", () => this.draw());
    document.addEventListener("theme-changed", () => this.draw());
    offerTable(root, () => tableOfHistograms(this.shown, this.part("key").value));
    new ResizeObserver(() => this.resize()).observe(this.part("plot"));
    new IntersectionObserver(([{ isIntersecting }]) => { this.seen = isIntersecting; this.load(); }, { rootMargin: "200px" }).observe(root);
  }

  // Something was measured, or taken back: fetched when it can be seen, at most once a second.
  touch() {
    this.stale = true;
    this.load();
  }

  changed() {
    this.nextAt = 0;
    this.touch();
  }

  async load() {
    if (!this.seen) return;
    if (!this.stale) return this.draw();
    if (this.fetching || this.timer) return;
    const wait = this.nextAt - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => { this.timer = null; this.load(); }, wait);
      return;
    }
    this.fetching = true;
    this.stale = this.broken = false;
    this.nextAt = performance.now() + PAUSE_MS;
    await this.fetch(this.part("key").value).catch(() => this.failed());
    this.fetching = false;
    if (this.stale && !this.broken) this.load();
  }

  async fetch(key) {
    const answer = await fetch(`${this.address}?keys=${encodeURIComponent(key)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const { keys, histograms } = await answer.json();
    this.offer(keys);
    const chosen = this.part("key").value;
    if (chosen !== key) { // the first fetch had no key to ask for, or another was chosen meanwhile
      this.stale = true;
      this.nextAt = 0;
      return;
    }
    this.shown = histograms[key];
    this.part("empty").textContent = this.over() ? NONE : this.waiting;
    await this.draw();
  }

  failed() {
    this.stale = this.broken = true;
    this.shown = null;
    this.part("empty").textContent = FAILED;
    this.draw();
  }

  // The keys in groups: activations, gradients, weights.
  offer(keys) {
    if (keys.join() === this.keys.join()) return;
    this.keys = keys;
    const select = this.part("key"), chosen = select.value;
    const groups = grouped(keys);
    select.replaceChildren(...[...groups].map(([kind, members]) => {
      const group = document.createElement("optgroup");
      group.label = kind[0].toUpperCase() + kind.slice(1);
      group.append(...members.map((key) => new Option(`${group.label} · ${key.slice(kind.length + 1)}`, key)));
      return group;
    }));
    if (keys.includes(chosen)) select.value = chosen;
  }

  async draw() {
    const has = Boolean(this.shown?.step?.length);
    this.part("empty").hidden = has;
    this.part("controls").hidden = !this.keys.length;
    this.part("canvas").hidden = !has;
    this.part("note").textContent = has ? this.note() : "";
    if (has) this.part("canvas").setAttribute("aria-label", wordsOfHistograms(this.shown, this.part("key").value));
    if (!has || !this.seen) return;
    const look = this.part("look").querySelector("input:checked").value;
    const { data, layout } = (look === "ridgelines" ? ridgelines : heatMap)(this.shown, themeColours());
    const Plotly = await plotlyWithHeatMaps();
    await Plotly.react(this.part("canvas"), data, layout, CONFIG);
    this.part("canvas").dataset.drawn = look;
  }

  note() {
    const { step, nonfinite } = this.shown, last = step.length - 1;
    const odd = nonfinite.some(Boolean) ? ` NaN or infinite at the last step: ${number(nonfinite[last])}.` : "";
    return `${number(step.length)} ${step.length === 1 ? "step" : "steps"}, from ${number(step[0])} to ${number(step[last])}.${odd}`;
  }

  async resize() {
    const canvas = this.part("canvas");
    if (canvas.dataset.drawn && canvas.offsetWidth) (await plotlyWithHeatMaps()).Plots.resize(canvas);
  }
}

const kindOf = (key) => key.split("/")[0];

// Map.groupBy, which not every browser has.
function grouped(keys) {
  const groups = new Map();
  for (const key of keys) groups.set(kindOf(key), [...(groups.get(kindOf(key)) ?? []), key]);
  return groups;
}
