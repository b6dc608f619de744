// The curves of a chart in words and as a table, for those who do not see them, and for those who want the numbers.
import { saveCsv } from "./download.js";
import { metric, number } from "./format.js";
import { drawn } from "./traces.js";

const MOST_POINTS = 500; // of a curve in the table
const MOST_TOLD = 6; // curves in words

const epochsOf = ({ trial }) => trial.steps_per_epoch || null;

// The least, the greatest and the last value that are numbers, with their steps.
function extremes({ steps, values }) {
  let low = -1, high = -1, last = -1;
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    if (low < 0 || value < values[low]) low = i;
    if (high < 0 || value > values[high]) high = i;
    last = i;
  });
  return Object.entries({ low, high, last }).map(([name, i]) => [name, i < 0 ? null : { step: steps[i], value: values[i] }]);
}

const at = (key, found) => (found ? `${metric(key, found.value)} at step ${number(found.step)}` : "no number");
const seen = (chart) => chart.series().filter(({ id, group = id, curve }) => curve?.length && !chart.own.hidden.has(group));

export function wordsOf(chart) {
  const { title } = chart, all = seen(chart);
  if (!all.length) return `${title}: no points yet`;
  const trials = new Set(all.flatMap(({ ids }) => ids)).size, ends = [Math.min(...all.map(({ curve }) => curve.steps[0])), Math.max(...all.map(({ curve }) => curve.steps[curve.length - 1]))];
  const each = all.slice(0, MOST_TOLD).map(({ key, label, curve }) => {
    const { low, high, last } = Object.fromEntries(extremes(curve));
    return `${label}: last ${last ? metric(key, last.value) : "no number"}, lowest ${at(key, low)}, highest ${at(key, high)}`;
  });
  const rest = all.length > MOST_TOLD ? `; and ${all.length - MOST_TOLD} more` : "";
  return `${title}: ${all.length === 1 ? "a curve" : `${all.length} curves`} of ${trials === 1 ? "a trial" : `${trials} trials`}, steps ${number(ends[0])} to ${number(ends[1])}. ${each.join("; ")}${rest}.`;
}

// A row for each step at which one of the curves has a point in the window, as it was logged.
export function tableOf(chart) {
  const { settings } = chart.board, all = seen(chart), perEpoch = all.length && all.every((one) => epochsOf(one) === epochsOf(all[0])) ? epochsOf(all[0]) : null;
  const rows = new Map();
  all.forEach((series, place) => {
    const { kept, raw, from, to } = drawn(series, { ...settings, smoothing: 0 }, chart.scale, MOST_POINTS);
    for (let i = from; i < to; i += 1) {
      const step = series.curve.steps[kept[i]];
      if (!rows.has(step)) rows.set(step, [step, ...(perEpoch ? [step / perEpoch] : []), ...all.map(() => undefined)]);
      rows.get(step)[place + (perEpoch ? 2 : 1)] = raw[i];
    }
  });
  const columns = [{ title: "Step", shown: number }, ...(perEpoch ? [{ title: "Epoch", shown: (epoch) => number(epoch, 3) }] : []), ...all.map(({ key, label }) => ({ title: label, shown: (value) => metric(key, value) }))];
  const found = all.map(({ key, curve }) => Object.fromEntries(extremes(curve).map(([name, one]) => [name, at(key, one)])));
  const summary = [["Lowest", "low"], ["Highest", "high"], ["Last", "last"]].map(([name, key]) => [name, ...(perEpoch ? [""] : []), ...found.map((one) => one[key])]);
  const caption = `${settings.range ? "The window that is seen" : "All steps"}, as logged, without smoothing.`;
  return { title: chart.title, caption, columns, summary, rows: [...rows.values()].sort((a, b) => a[0] - b[0]), save: () => saveCsv(chart) };
}
