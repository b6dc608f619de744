// What a chart is made of: lines of trials by themselves, or of several as their mean with its deviation.
import { Means } from "./mean.js";

export class Series {
  constructor(trials) {
    this.trials = trials;
    this.means = new Means();
  }

  // rest: id, label and look of the line.
  one(trial, key, rest) {
    return { key, ids: [trial], trial: this.trials.get(trial), curve: this.trials.curve(trial, key), ...rest };
  }

  mean(trials, key, rest) {
    const curves = trials.map((trial) => this.trials.curve(trial, key)), curve = this.means.of(`${trials} ${key}`, curves);
    const whose = curves.indexOf(curve?.longest ?? curve); // its times, and how many steps its epochs have
    return { key, ids: trials, trial: this.trials.get(trials[Math.max(whose, 0)]), curve, ...rest };
  }
}
