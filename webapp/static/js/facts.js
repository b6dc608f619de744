// What experiments are laid out by: an axis is {name, title, kind, scale, values}, a value of each experiment. Its scale places
// values between 0 and 1, and says where marks stand.
import { duration, number, percent } from "./format.js";

const MARKS = 5;

export function scaleOf(axis) {
  return axis.kind === "category" ? words(axis) : numbers(axis);
}

// How a value is written.
export function shown(axis, value) {
  if (value === null || value === undefined) return "–";
  if (axis.kind === "category") return value;
  if (axis.name === "duration_s") return duration(value);
  return /accuracy(\.\w+)?$/.test(axis.name) ? percent(value) : number(value);
}

function words(axis) {
  const known = [...new Set(axis.values.filter((value) => value !== null))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const at = (value) => (value === null ? null : known.length < 2 ? 0.5 : known.indexOf(value) / (known.length - 1));
  return { at, said: (share) => known[Math.round(share * (known.length - 1))] ?? "", marks: known.map((word) => ({ at: at(word), text: word })) };
}

function numbers(axis) {
  const finite = axis.values.filter(Number.isFinite), log = axis.scale === "log" && finite.every((value) => value > 0);
  const to = log ? Math.log10 : (value) => value, from = log ? (place) => 10 ** place : (place) => place;
  let low = Math.min(...finite.map(to)), high = Math.max(...finite.map(to));
  const single = high > low ? null : finite[0];
  if (single !== null) [low, high] = [low - (log ? 0.5 : Math.abs(low) / 10 || 1), high + (log ? 0.5 : Math.abs(high) / 10 || 1)];
  const at = (value) => (Number.isFinite(value) ? (to(value) - low) / (high - low) : null);
  const marks = (single !== null ? [single] : log ? decades(low, high) : even(low, high)).map((value) => ({ at: at(value), text: shown(axis, value) }));
  return { at, said: (share) => shown(axis, rounded(from(low + share * (high - low)))), marks };
}

const rounded = (value) => Number(value.toPrecision(3));

function even(low, high) {
  const rough = (high - low) / MARKS, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((times) => times * power >= rough * 0.999);
  const marks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) marks.push(Number((i * step).toPrecision(12)));
  return marks;
}

// Powers of ten, and where these are few, what is twice and five times as much.
function decades(low, high) {
  const times = high - low < 2.5 ? [1, 2, 5] : [1], marks = [], each = Math.max(1, Math.ceil((high - low) / 6));
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    if (power % each) continue;
    for (const by of times) {
      const place = power + Math.log10(by);
      if (place >= low - 1e-9 && place <= high + 1e-9) marks.push(Number((by * 10 ** power).toPrecision(6)));
    }
  }
  return marks;
}

export const NONE = "none";

// The axes by their names in a <select>, fields and results apart; the first of those that are wanted is chosen that there is.
export function fillAxes(select, axes, wanted, none = null) {
  select.replaceChildren();
  if (none !== null) select.append(new Option(none, NONE));
  for (const [source, label] of [["field", "Fields of the specs that differ"], ["result", "Results"]]) {
    const group = Object.assign(document.createElement("optgroup"), { label });
    group.append(...axes.filter((axis) => axis.source === source).map(({ name, title }) => new Option(title, name)));
    if (group.children.length) select.append(group);
  }
  const there = [...select.options].map(({ value }) => value);
  select.value = wanted.find((name) => there.includes(name)) ?? there[0] ?? "";
}

// Whether experiments differ in more than in having a value.
export const varies = ({ values }) => new Set(values.filter((value) => value !== null)).size > 1;

// What is looked at first of the results.
export const mainResult = (axes) => axes.find(({ source, better }) => source === "result" && better) ?? axes.find(({ source }) => source === "result");
