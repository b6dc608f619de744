// From where to where the y axis goes, in Plotly's coordinates (logarithms on a logarithmic axis), and what is left out of it.
const PAD = 0.05;
const FEWEST = 20; // of fewer points none is called an outlier

// shown: [{raw, y, low, high, from, to}]; the points of the window are those from `from` up to `to`.
export function yRange(shown, { log, clip, guide }) {
  const values = [];
  for (const one of shown) {
    for (const column of [one.raw, one.y, one.low, one.high]) {
      for (let i = one.from; column && i < one.to; i += 1) {
        const value = log ? Math.log10(column[i]) : column[i];
        if (Number.isFinite(value)) values.push(value);
      }
      if (column === one.raw && one.y === one.raw && !one.low) break;
    }
  }
  if (!values.length) return { range: log ? [-5, 0] : [0, 1], above: 0, below: 0 };
  values.sort((a, b) => a - b);
  const [low, high] = clip ? fences(values) : [values[0], values[values.length - 1]];
  const above = values.filter((value) => value > high).length, below = values.filter((value) => value < low).length;
  const ends = guide ? [low, high, Math.log10(guide)] : [low, high];
  return { range: padded(Math.min(...ends), Math.max(...ends), log), above, below, least: values[0], most: values[values.length - 1] };
}

// An outlier is further from the middle nine tenths than they are wide.
function fences(sorted) {
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const width = at(0.95) - at(0.05);
  if (sorted.length < FEWEST || !(width > 0)) return [sorted[0], sorted[sorted.length - 1]];
  const least = at(0.05) - width, most = at(0.95) + width;
  return [sorted.find((value) => value >= least), sorted.findLast((value) => value <= most)];
}

function padded(low, high, log) {
  if (high > low) return [low - PAD * (high - low), high + PAD * (high - low)];
  if (log) return [low - 0.5, low + 0.5];
  if (!low) return [-1, 1];
  return low > 0 ? [0, 2 * low] : [2 * low, 0];
}
