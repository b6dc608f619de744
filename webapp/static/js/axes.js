// What can stand across: where a point is on each axis, how the axis is written, and the way to Plotly's own coordinates and back.
import { duration, number } from "./format.js";

const UNITS = [[10_800, 3600, "h"], [300, 60, "min"], [0, 1, "s"]];
let clock = null; // costs a browser 20 ms, which the first chart need not wait for
const wallClock = (at) => (clock ??= new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" })).format(1000 * at);
const rounded = (value) => number(Number(value.toPrecision(6)));

export const AXES = {
  step: { title: "Step", at: (curve, trial, i) => curve.steps[i], said: rounded },
  epoch: { title: "Epoch", at: (curve, trial, i) => curve.steps[i] / (trial.steps_per_epoch || 1), said: rounded },
  examples: { title: "Examples seen", at: (curve, trial, i) => curve.steps[i] * (trial.batch_size || 1), said: rounded },
  time: { title: "Time", at: (curve, trial, i) => curve.times[i] - (trial.started_at ?? curve.times[0]), said: duration },
  wall: { title: "Date and time", at: (curve, trial, i) => curve.times[i], said: wallClock },
};

// data: a number that Plotly may draw; toLinear, fromLinear: to and from what Plotly measures its axis in (logarithms, local milliseconds).
export function scaleOf({ x: name, logx, extent }) {
  const { title } = AXES[name];
  if (name === "wall") return { type: "date", title, log: false, data: (x) => 1000 * x, toLinear: localMs, fromLinear: (ms) => utcMs(ms) / 1000 };
  const [, unit, word] = name === "time" && !logx ? UNITS.find(([from]) => (extent?.[1] ?? 0) >= from) : [0, 1, "s"];
  const data = (x) => x / unit;
  return {
    type: logx ? "log" : "linear",
    title: name === "time" ? `${title} (${word})` : title,
    log: logx,
    data,
    toLinear: (x) => (logx ? Math.log10(Math.max(x, 1e-9)) : data(x)),
    fromLinear: (place) => (logx ? 10 ** place : place * unit),
  };
}

// Plotly's dates have no zone: what it calls UTC is the clock on the wall here.
const localMs = (seconds) => 1000 * seconds - 60_000 * new Date(1000 * seconds).getTimezoneOffset();
const utcMs = (ms) => ms + 60_000 * new Date(ms).getTimezoneOffset();

// From where to where all the curves together run, so that charts below each other have the same axis.
export function extentOf(series, { x: axis, logx }) {
  let low = Infinity, high = -Infinity;
  for (const { curve, trial } of series) {
    if (!curve?.length) continue;
    const { at } = AXES[axis];
    let first = 0;
    while (isLog(axis, logx) && first < curve.length - 1 && at(curve, trial, first) <= 0) first += 1;
    low = Math.min(low, at(curve, trial, first));
    high = Math.max(high, at(curve, trial, curve.length - 1));
  }
  if (!(high > low)) return null;
  return isLog(axis, logx) ? [Math.max(low, high / 1e9) / 1.05, high * 1.05] : [low - (high - low) / 100, high + (high - low) / 50];
}

const isLog = (axis, logx) => logx && axis !== "wall";

// A window moved by a share of its width, or made `by` times as wide around `at`; as far as it is wide is measured on the axis.
export function shifted([from, to], scale, share) {
  const ends = [scale.toLinear(from), scale.toLinear(to)], by = share * (ends[1] - ends[0]);
  return ends.map((end) => scale.fromLinear(end + by));
}

export function widened([from, to], scale, by, at = null) {
  const ends = [scale.toLinear(from), scale.toLinear(to)];
  const middle = at === null ? (ends[0] + ends[1]) / 2 : scale.toLinear(at);
  return ends.map((end) => scale.fromLinear(middle + (end - middle) * by));
}
