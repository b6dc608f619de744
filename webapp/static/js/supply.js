// The curves of the charts that can be seen: only these are asked for, once, when scrolling has come to rest.
import { fetchSnapshot } from "./live.js";

const REST_MS = 60;
const NONE = ","; // a list of keys without any: an empty one would ask for all

export const listed = (keys) => keys.join(",") || NONE;

export class Supply {
  // ids(), keys(): the trials and the keys that are wanted now.
  constructor(trials, { ids, keys, points, arrived, failed }) {
    Object.assign(this, { trials, ids, keys, points, arrived, failed });
    this.had = new Set();
  }

  // The keys for a snapshot that replaces all that is known.
  asked() {
    this.wanted = this.keys();
    return listed(this.wanted);
  }

  replaced() {
    this.had = new Set(this.wanted);
    this.ready = true;
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    if (this.ready && this.missing().length) this.timer = setTimeout(() => this.fetch(), REST_MS);
  }

  missing() { return this.keys().filter((key) => !this.had.has(key)); }

  async fetch() {
    const keys = this.missing(), had = this.had;
    for (const key of keys) had.add(key);
    try {
      const found = await fetchSnapshot({ trials: this.ids().join(","), keys: listed(keys), points: this.points });
      if (had !== this.had) return; // everything was replaced meanwhile
      if (this.isOfBefore(found.trials)) {
        for (const key of keys) had.delete(key);
        return this.look();
      }
      this.trials.applySnapshot(found.trials, true);
      this.arrived();
    } catch (error) {
      for (const key of keys) had.delete(key);
      this.failed(error.message);
    }
  }

  // Whether a trial began a new attempt while the answer was on its way.
  isOfBefore(trials) {
    return Object.entries(trials).some(([id, { attempt }]) => attempt < this.trials.get(Number(id)).attempt);
  }
}
