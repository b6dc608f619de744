// Several trials' curves as one: at each step of the one that goes furthest the mean of those that reach it, as the server makes it of
// groups (compare/means.py). A trial that ended early counts as far as it went; where one is alone there is no deviation.
import { Curve } from "./curve.js";

// Null before its first step and after its last; straight between its points.
function valueAt(curve, step) {
  const after = curve.indexAfter(step);
  if (after === 0) return null;
  if (curve.steps[after - 1] === step) return curve.values[after - 1];
  if (after === curve.length) return null;
  const [s0, s1] = [curve.steps[after - 1], curve.steps[after]];
  const share = (step - s0) / (s1 - s0);
  return curve.values[after - 1] * (1 - share) + curve.values[after] * share;
}

const lastStep = ({ steps }) => steps[steps.length - 1];

function furthest(a, b) {
  if (lastStep(a) === lastStep(b)) return b.length > a.length ? b : a;
  return lastStep(b) > lastStep(a) ? b : a;
}

export function meanCurve(curves) {
  const given = curves.filter((curve) => curve?.length);
  if (given.length < 2) return given[0];
  const longest = given.reduce(furthest), { steps, times } = longest, mean = new Curve([...steps], [], [...times]);
  mean.longest = longest;
  mean.deviation = [];
  for (const step of steps) {
    const values = given.map((curve) => valueAt(curve, step)).filter((value) => value !== null);
    const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean.values.push(middle);
    mean.deviation.push(Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))); // NaN of one
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
