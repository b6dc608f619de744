// The mean of several trials' curves, on the steps of the longest, as far as all of them reach.
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
  return new Curve(
    inside.map((i) => longest.steps[i]),
    inside.map((i) => given.reduce((sum, curve) => sum + valueAt(curve, longest.steps[i]), 0) / given.length),
    inside.map((i) => longest.times[i]),
  );
}
