// Finer points for the window that is zoomed into, as a map does it: the coarse ones show at once, these come when the window rests.
import { fetchSnapshot } from "./live.js";
import { before } from "./traces.js";
import { listed } from "./supply.js";

const REST_MS = 150;
const POINTS = 2000;

// The steps that a window of the x axis covers, for one trial. Of times only those of coarse points are known: one beyond either end.
function stepsOf([from, to], axis, trial) {
  if (axis === "step") return [from, to];
  const perStep = { epoch: 1 / (trial.steps_per_epoch || 1), examples: trial.batch_size || 1 }[axis];
  if (perStep) return [from / perStep, to / perStep];
  const curve = [...trial.curves.values()].reduce((a, b) => (b.length > a.length ? b : a));
  const zero = axis === "time" ? (trial.started_at ?? curve.times[0]) : 0, last = curve.length - 1;
  return [curve.steps[Math.max(before(curve.times, zero + from) - 1, 0)], curve.steps[Math.min(before(curve.times, zero + to), last)]];
}

export class Zoom {
  // ids(), keys(): the trials and the keys that are wanted now.
  constructor(trials, board, { ids, keys }) {
    Object.assign(this, { trials, board, ids, keys });
    this.turn = 0;
  }

  // The window moved, or other charts can be seen.
  look() {
    const { range, x } = this.board.settings, window = range && [...range, x, this.ids()].join();
    clearTimeout(this.timer);
    if (window !== this.window) {
      this.window = window;
      this.turn += 1; // what is on its way is of no use any more
      this.had = new Set();
      if (!window) this.trials.detail = null;
    }
    if (window && this.missing().length) this.timer = setTimeout(() => this.fetch(range, x), REST_MS);
  }

  missing() { return this.keys().filter((key) => !this.had.has(key)); }

  async fetch(range, x) {
    const { turn, had } = this, keys = this.missing(), ids = this.ids();
    const shown = ids.map((id) => this.trials.get(id)).filter((trial) => trial.curves.size);
    if (!shown.length) return;
    const ends = shown.map((trial) => stepsOf(range, x, trial));
    const from = Math.floor(Math.min(...ends.map((end) => end[0]))), to = Math.ceil(Math.max(...ends.map((end) => end[1])));
    for (const key of keys) had.add(key);
    const answer = await fetchSnapshot({ trials: ids.join(","), keys: listed(keys), from, to, points: POINTS }).catch(() => null);
    if (turn !== this.turn) return;
    if (!answer) return keys.forEach((key) => had.delete(key)); // the coarser points stay
    this.trials.applyDetail({ from, to }, answer.trials);
    this.board.touch();
  }
}
