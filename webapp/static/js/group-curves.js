// Mean curves of groups, as the server makes them from all trials: of the charts that can be seen, anew from time to time while some run.
import { Curve } from "./curve.js";
import { look } from "./palette.js";

const REST_MS = 60, ANEW_MS = 5_000, MOST_KEYS = 2; // at once, so that charts are drawn one after the other

export class GroupCurves {
  // ids: the experiments; keys(): the curve keys that are wanted now; arrived(), failed(words).
  constructor({ ids, points, keys, arrived, failed }) {
    Object.assign(this, { ids, points, keys, arrived, failed });
    this.set("");
  }

  // A path of the specs, "experiment", or "" for none.
  set(by) {
    this.by = by;
    this.groups = [];
    this.curves = new Map(); // key -> [Curve of each group]
    this.asked = new Set();
    this.turn = Symbol("turn");
  }

  look() {
    clearTimeout(this.timer);
    if (this.by && this.missing().length) this.timer = setTimeout(() => this.fetch(this.missing()), REST_MS);
  }

  missing() { return this.keys().filter((key) => !this.asked.has(key)); }

  // Trials have new points: what is shown stays until the newer means have come.
  stale() {
    if (!this.by) return;
    this.renewal ??= setTimeout(() => {
      this.renewal = null;
      for (const key of this.keys()) this.asked.delete(key);
      this.look();
    }, ANEW_MS);
  }

  async fetch(wanted) {
    const { turn, by } = this, keys = wanted.slice(0, MOST_KEYS), query = new URLSearchParams({ ids: this.ids.join(), by, keys: keys.join(), points: this.points });
    if (!keys.length) return;
    for (const key of keys) this.asked.add(key);
    const answer = await fetch(`/api/v1/compare/curves?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (turn !== this.turn) return;
    if (!answer?.ok) {
      for (const key of keys) this.asked.delete(key);
      return this.failed(`The groups’ curves could not be fetched${answer ? ` (${answer.status})` : ""}.`);
    }
    const { groups, curves } = await answer.json();
    if (turn !== this.turn) return;
    this.groups = groups;
    for (const [key, found] of Object.entries(curves)) this.curves.set(key, found.map(curveOf));
    this.arrived();
    this.look();
  }

  // A line for each group that has the curve; facts(trial, trials) is what the page knows of the one whose times it has, among all.
  seriesOf(key, facts) {
    return (this.curves.get(key) ?? []).map((curve, place) => {
      const { label, experiments, trials } = this.groups[place], many = experiments.length > 1 ? `, ${experiments.length} experiments` : "";
      const words = this.by === "experiment" ? label : `${label} (${trials.length} ${trials.length === 1 ? "trial" : "trials"}${many})`;
      return curve && { id: `group${place}`, key, ids: trials, trial: facts(curve.trial, trials), curve, label: words, ...look(place) };
    }).filter(Boolean);
  }
}

function curveOf(found) {
  if (!found) return null;
  const curve = Object.assign(new Curve(found.step, found.mean.map(Number), found.time), { trial: found.trial });
  if (found.deviation.some((value) => value !== null)) curve.deviation = found.deviation.map((value) => value ?? NaN);
  return curve;
}
