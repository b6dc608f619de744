// Curves as typed lists that grow: points come from snapshots and from the stream, each step once.

const names = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

export function decode(spec) {
  const bytes = Uint8Array.from(atob(spec.bdata), (character) => character.charCodeAt(0));
  return Array.from(new Float64Array(bytes.buffer));
}

export function curveOf(typed) {
  return { step: decode(typed.step), value: decode(typed.value), time: decode(typed.time) };
}

// Adds points behind the last step; true when there were any.
export function extend(curve, [steps, values, times]) {
  let last = curve.step.length ? curve.step[curve.step.length - 1] : -Infinity;
  const before = curve.step.length;
  for (let i = 0; i < steps.length; i += 1) {
    if (steps[i] <= last) continue;
    last = steps[i];
    curve.step.push(last);
    curve.value.push(typeof values[i] === "string" ? names[values[i]] : values[i]);
    curve.time.push(times[i]);
  }
  return curve.step.length > before;
}

export function cut(curve, afterStep) {
  const keep = curve.step.findIndex((step) => step > afterStep);
  if (keep < 0) return;
  for (const list of Object.values(curve)) list.length = keep;
}

// Halves a curve that has grown long: in each pair of neighbours' buckets the lowest and the highest stay.
export function thin(curve, most) {
  const size = curve.step.length;
  if (size <= most) return;
  const keep = [0];
  for (let start = 1; start < size - 1; start += 4) {
    const end = Math.min(start + 4, size - 1);
    let low = start, high = start;
    for (let i = start; i < end; i += 1) {
      if (!(curve.value[i] >= curve.value[low])) low = i;
      if (!(curve.value[i] <= curve.value[high])) high = i;
    }
    keep.push(...new Set([Math.min(low, high), Math.max(low, high)]));
  }
  keep.push(size - 1);
  for (const name of ["step", "value", "time"]) curve[name] = keep.map((i) => curve[name][i]);
}

// Exponential moving average with bias correction; what is not finite leaves a gap and does not spoil what follows.
export function smooth(values, weight) {
  let average = 0, count = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return null;
    average = weight * average + (1 - weight) * value;
    count += 1;
    return average / (1 - weight ** count);
  });
}

export function xOf(curve, unit, trial) {
  if (unit === "epoch") return curve.step.map((step) => step / (trial.stepsPerEpoch || 1));
  if (unit === "time") return curve.time.map((time) => time - (trial.startedAt ?? curve.time[0]));
  return curve.step;
}

// From an x back to a step, for asking the server for a window.
export function stepAt(x, unit, trial, curve) {
  if (unit === "step") return x;
  if (unit === "epoch") return x * (trial.stepsPerEpoch || 1);
  const time = x + (trial.startedAt ?? curve.time[0]);
  const index = curve.time.findIndex((value) => value >= time);
  return index < 0 ? curve.step[curve.step.length - 1] : curve.step[index];
}
