// Several trials' curves as one: their mean and standard deviation on the steps of the longest, as far as all of them reach.
import { Curve } from "./curve.js";

function valueAt(curve, step) {
  const after = curve.indexAfter(step);
  if (after === 0) return NaN;
  if (curve.steps[after - 1] === step || after === curve.length) return curve.values[after - 1];
  const [s0, s1] = [curve.steps[after - 1], curve.steps[after]];
  const share = (step - s0) / (s1 - s0);
  return curve.values[after - 1] * (1 - share) + curve.values[after] * share;
}

export function meanCurve(curves) {
  const given = curves.filter((curve) => curve?.length);
  if (given.length < 2) return given[0];
  const from = Math.max(...given.map((curve) => curve.steps[0]));
  const to = Math.min(...given.map((curve) => curve.steps[curve.length - 1]));
  const longest = given.reduce((a, b) => (b.length > a.length ? b : a));
  const inside = longest.steps.map((step, i) => i).filter((i) => longest.steps[i] >= from && longest.steps[i] <= to);
  const mean = new Curve(inside.map((i) => longest.steps[i]), [], inside.map((i) => longest.times[i]));
  mean.deviation = [];
  for (const step of mean.steps) {
    const values = given.map((curve) => valueAt(curve, step));
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean.values.push(middle);
    mean.deviation.push(Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)));
  }
  return mean;
}

// A mean is made anew only when one of its curves has grown or become finer.
export class Means {
  constructor() {
    this.made = new Map();
  }

  of(name, curves) {
    const ends = curves.map((curve) => curve?.steps[curve.length - 1]), made = this.made.get(name);
    if (made && curves.every((curve, i) => curve === made.curves[i] && ends[i] === made.ends[i])) return made.curve;
    const curve = meanCurve(curves);
    this.made.set(name, { curves, ends, curve });
    return curve;
  }
}
