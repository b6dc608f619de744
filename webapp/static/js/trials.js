// What this page knows of the trials that it shows: their facts, curves, and finer points of the stretch that is zoomed into.
import { Curve } from "./curve.js";

const ENDED = new Set(["completed", "failed", "cancelled"]);
export const hasEnded = (state) => ENDED.has(state);

// A metric among a trial's results: a number, or an object with best and last. What is not finite travels by name.
export function resultOf(trial, key) {
  const plain = (value) => (typeof value === "string" ? Number(value) : value), kept = trial.results[key];
  if (!kept || typeof kept !== "object") return plain(kept);
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, plain(value)]));
}

export class Trials {
  constructor() {
    this.known = new Map();
    this.detail = null;
    this.joined = new WeakMap();
  }

  get(id) {
    if (!this.known.has(id)) this.known.set(id, { state: "queued", results: {}, progress: {}, curves: new Map() });
    return this.known.get(id);
  }

  // What is known of a trial; of one that this page does not follow, how long the epochs of another of its group are.
  factsOf(id, group) {
    if (this.known.has(id)) return this.known.get(id);
    return { ...group.map((one) => this.known.get(one)).find((trial) => trial?.steps_per_epoch), started_at: undefined };
  }

  get allEnded() { return [...this.known.values()].every((trial) => hasEnded(trial.state)); }

  // A snapshot of everything replaces what was known; one of some keys only adds to it.
  applySnapshot(trials, partial) {
    for (const [id, { curves, ...facts }] of Object.entries(trials)) {
      const trial = this.get(Number(id));
      trial.keys = facts.keys;
      if (!partial) {
        Object.assign(trial, facts);
        trial.curves.clear();
      }
      for (const [key, typed] of Object.entries(curves)) {
        const curve = Curve.fromTyped(typed);
        trial.curves.set(key, trial.curves.has(key) ? curve.followedBy(trial.curves.get(key)) : curve);
      }
    }
  }

  // Finer points of a window: of more keys of the window that is known, or of another one.
  applyDetail(range, trials) {
    const same = this.detail?.from === range.from && this.detail.to === range.to;
    const curves = same ? this.detail.curves : new Map();
    for (const [id, trial] of Object.entries(trials)) {
      for (const [key, typed] of Object.entries(trial.curves)) curves.set(`${id} ${key}`, Curve.fromTyped(typed));
    }
    this.detail = { ...range, curves };
  }

  applyPoints({ trial: id, attempt, curves, progress }) {
    const trial = this.get(id);
    if (attempt < trial.attempt) return;
    trial.attempt = attempt;
    if (trial.state === "queued" || trial.state === "paused") trial.state = "running";
    if (progress) this.applyProgress(trial, progress);
    for (const [key, [steps, values, times]] of Object.entries(curves)) {
      if (!trial.curves.has(key)) trial.curves.set(key, new Curve());
      trial.curves.get(key).append(steps, values, times);
      trial.started_at ??= times[0];
    }
  }

  applyProgress(trial, progress) {
    Object.assign(trial.progress, progress);
    const { steps, epochs } = trial.progress;
    if (steps && epochs) trial.steps_per_epoch = steps / epochs;
  }

  applyState({ trial: id, state, failure, results, attempt, progress }) {
    const trial = this.get(id);
    Object.assign(trial, { state, failure: failure ?? null, attempt: attempt ?? trial.attempt });
    if (results && Object.keys(results).length) trial.results = results;
    if (progress) this.applyProgress(trial, progress);
  }

  applyRestart({ trial: id, attempt, after_step: afterStep }) {
    const trial = this.get(id);
    if (attempt !== undefined && attempt < trial.attempt) return;
    trial.attempt = attempt ?? trial.attempt;
    for (const curve of trial.curves.values()) curve.truncate(afterStep);
    this.detail = null;
  }

  curve(id, key) {
    const whole = this.get(id).curves.get(key);
    const fine = this.detail?.curves.get(`${id} ${key}`);
    if (!fine?.length || !whole?.length) return whole;
    const made = this.joined.get(fine), state = `${whole.length} ${whole.steps[whole.length - 1]}`;
    if (made?.state === state) return made.curve;
    const curve = whole.with(fine);
    this.joined.set(fine, { state, curve });
    return curve;
  }

  keys() {
    return [...new Set([...this.known.values()].flatMap((trial) => [...(trial.keys ?? []), ...trial.curves.keys()]))].sort();
  }
}
