// The pins of a page's experiments: fetched once, and again when a comment is made or changed.
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

  async load() {
    const mine = (this.turn = (this.turn ?? 0) + 1);
    const answer = await fetch(`/api/v1/pins?experiments=${this.experiments.join(",")}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || mine !== this.turn) return;
    const { pins, counts } = await answer.json();
    this.marks.set(pins);
    this.found(pins, counts);
  }
}
