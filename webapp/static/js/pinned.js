// The pins of a page's experiments: fetched once, and again when a comment is made or changed.
import { FIRST_WAIT_MS, isAway, longer } from "./away.js";
import { listen } from "./channel.js";
import { PinMarks } from "./pin-marks.js";

const REST_MS = 150;

export class Pinned {
  // here: the experiment whose page this is, where it is that of one; found(pins, counts) hears of each answer.
  constructor(board, experiments, { here = null, found = () => {} } = {}) {
    this.marks = new PinMarks(board, here);
    this.experiments = experiments;
    this.found = found;
    this.load();
  }

  // On a page without the conversation itself.
  follow() {
    for (const id of this.experiments) listen(`experiment:${id}`, { comment: () => this.loadSoon(), missed: () => this.loadSoon() });
    return this;
  }

  loadSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), REST_MS);
  }

  // Again, after longer and longer, while the server is away.
  async load(wait = FIRST_WAIT_MS) {
    const mine = (this.turn = (this.turn ?? 0) + 1);
    const address = `/api/v1/pins?experiments=${this.experiments.join(",")}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== this.turn) return;
    if (isAway(answer)) setTimeout(() => mine === this.turn && this.load(longer(wait)), wait);
    if (!answer?.ok) return;
    const { pins, counts } = await answer.json();
    this.marks.set(pins);
    this.found(pins, counts);
  }
}
