// Histograms and charts of the errors tab as tables and in words.
import { number } from "./format.js";

const SHARES = [["5%", 0.05], ["25%", 0.25], ["Median", 0.5], ["75%", 0.75], ["95%", 0.95]];
const FEW = (value) => number(value, 3);

// The value below which a share of a histogram's values lies, as exactly as its bins tell.
function quantile({ low, high, counts }, index, share) {
  const bins = counts[index], total = bins.reduce((a, b) => a + b, 0), wide = (high[index] - low[index]) / bins.length;
  if (!total) return undefined;
  let before = 0;
  const bin = bins.findIndex((count) => { before += count; return before >= share * total; });
  return low[index] + wide * (bin + 1 - (bins[bin] ? (before - share * total) / bins[bin] : 0));
}

export function tableOfHistograms(shown, title) {
  const columns = [{ title: "Step", shown: number }, { title: "Lowest", shown: FEW }, ...SHARES.map(([name]) => ({ title: name, shown: FEW })), { title: "Highest", shown: FEW }, { title: "NaN or infinite", shown: number }];
  const rows = (shown?.step ?? []).map((step, i) => [step, shown.low[i], ...SHARES.map(([, share]) => quantile(shown, i, share)), shown.high[i], shown.nonfinite[i]]);
  return { title: `Histograms of ${title}`, caption: "How the values spread at each step: 5% of them lie below the first, half below the median.", columns, rows };
}

export function wordsOfHistograms(shown, title) {
  const last = shown.step.length - 1;
  return `Histograms of ${title}, ${number(shown.step.length)} steps up to ${number(shown.step[last])}. At the last: from ${FEW(shown.low[last])} to ${FEW(shown.high[last])}, half below ${FEW(quantile(shown, last, 0.5))}.`;
}

export function tableOfConfusion({ classes, confusion }) {
  const columns = [{ title: "What it is" }, ...classes.map((name) => ({ title: `said ${name}`, shown: number }))];
  return { title: "Confusion matrix", caption: "Rows: what it is. Columns: what was said.", columns, rows: confusion.map((counts, i) => [classes[i], ...counts]) };
}

export function wordsOfConfusion({ classes, confusion }) {
  const pairs = confusion.flatMap((row, i) => row.map((count, j) => ({ count: i === j ? 0 : count, i, j })));
  const worst = pairs.reduce((a, b) => (b.count > a.count ? b : a));
  const right = confusion.reduce((sum, row, i) => sum + row[i], 0), all = confusion.flat().reduce((a, b) => a + b, 0);
  const most = worst.count ? ` Most often ${classes[worst.i]} was said to be ${classes[worst.j]}: ${number(worst.count)} times.` : "";
  return `Confusion matrix of ${classes.length} classes: ${number(right)} of ${number(all)} right.${most}`;
}

export function tableOfPairs({ targets, pairs }, target) {
  const { wanted, said } = pairs[target];
  const columns = [{ title: "Example", shown: number }, { title: "Wanted", shown: number }, { title: "Said", shown: number }, { title: "Said − wanted", shown: number }];
  const rows = wanted.map((value, i) => [i + 1, value, said[i], value === null || said[i] === null ? null : said[i] - value]);
  return { title: `${targets[target]}: said against wanted`, caption: "Those that the chart shows.", columns, rows };
}

export function wordsOfPairs({ targets, pairs }, target) {
  const { wanted, said } = pairs[target], errors = wanted.flatMap((value, i) => (value === null || said[i] === null ? [] : [Math.abs(said[i] - value)]));
  return `${targets[target]}, what was said against what was wanted, of ${number(errors.length)} examples: on average off by ${number(errors.reduce((a, b) => a + b, 0) / (errors.length || 1))}, at most by ${number(Math.max(0, ...errors))}.`;
}
