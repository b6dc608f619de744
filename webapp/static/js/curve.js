// The points of one curve: three plain arrays, steps strictly rising.
const LONGEST = 20_000;

export function decode({ bdata }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

export class Curve {
  constructor(steps = [], values = [], times = []) {
    this.steps = steps;
    this.values = values;
    this.times = times;
  }

  static fromTyped({ step, value, time }) {
    return new Curve([...decode(step)], [...decode(value)], [...decode(time)]);
  }

  get length() { return this.steps.length; }

  get last() { return this.values[this.values.length - 1]; }

  // Points at or before the last step are there already: a stream that is read again doubles nothing.
  append(steps, values, times) {
    let end = this.steps.length ? this.steps[this.steps.length - 1] : -Infinity;
    for (let i = 0; i < steps.length; i += 1) {
      if (steps[i] <= end) continue;
      end = steps[i];
      this.steps.push(end);
      this.values.push(Number(values[i])); // "NaN" and "Infinity" travel by name
      this.times.push(times[i]);
    }
    if (this.steps.length > LONGEST) Object.assign(this, this.thinned(LONGEST / 4));
  }

  truncate(afterStep) {
    const end = this.indexAfter(afterStep);
    for (const column of [this.steps, this.values, this.times]) column.length = end;
  }

  // The number of points whose step is at most `step`.
  indexAfter(step) {
    let low = 0, high = this.steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.steps[middle] <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // At most about `most` points; the least and the greatest of each stretch stay, and so does what is not finite.
  thinned(most) {
    if (this.length <= most) return this;
    const kept = this.kept(most, 0, this.length), pick = (column) => kept.map((i) => column[i]);
    return new Curve(pick(this.steps), pick(this.values), pick(this.times));
  }

  // The positions of those points, of the points from `from` up to `to`.
  kept(most, from, to) {
    if (to - from <= most) return Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i);
    const kept = [from], stretch = (2 * (to - from)) / most;
    for (let start = from + 1; start < to - 1; start += stretch) this.extremes(Math.floor(start), Math.min(Math.floor(start + stretch), to - 1), kept);
    kept.push(to - 1);
    return kept;
  }

  extremes(from, to, kept) {
    let low = -1, high = -1;
    const here = [];
    for (let i = from; i < to; i += 1) {
      const value = this.values[i];
      if (!Number.isFinite(value)) here.push(i);
      else {
        if (low < 0 || value < this.values[low]) low = i;
        if (high < 0 || value > this.values[high]) high = i;
      }
    }
    if (low >= 0) here.push(low);
    if (high >= 0 && high !== low) here.push(high);
    kept.push(...here.sort((a, b) => a - b));
  }

  // The same with a finer stretch in the place of its own points there.
  with(fine) {
    const end = this.indexAfter(fine.steps[0] - 0.5);
    const join = (name) => this[name].slice(0, end).concat(fine[name]);
    return new Curve(join("steps"), join("values"), join("times")).followedBy(this);
  }

  // This, then what another has after it.
  followedBy(later) {
    const from = later.indexAfter(this.steps[this.steps.length - 1] ?? -Infinity);
    const join = (name) => this[name].concat(later[name].slice(from));
    return new Curve(join("steps"), join("values"), join("times"));
  }
}
