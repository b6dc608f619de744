// An exponential moving average with bias correction, weighted by the way along the x axis: what lies one half-life back counts half.
// The half-life is a share of the whole curve, so that neither thinning nor zooming moves the line, and a curve of few points stays as it is.
const LONGEST_HALF_LIFE = 0.1;

export function smooth(x, y, weight) {
  const span = x[x.length - 1] - x[0];
  if (!(weight > 0) || !(span > 0)) return y;
  const halfLife = LONGEST_HALF_LIFE * weight ** 3 * span;
  let sum = 0, mass = 0, before = null;
  return y.map((value, i) => {
    if (!Number.isFinite(value)) return NaN;
    const kept = before === null ? 0 : 0.5 ** ((x[i] - before) / halfLife);
    before = x[i];
    sum = sum * kept + value;
    mass = mass * kept + 1;
    return sum / mass;
  });
}
