// From where to where the y axis goes, in Plotly's coordinates (logarithms on a logarithmic axis), and what is left out of it.
const PAD = 0.05;
const FEWEST = 20; // of fewer points none is called an outlier

// shown: [{raw, y, low, high, from, to}]; the points of the window are those from `from` up to `to`.
export function yRange(shown, { log, clip, guide }) {
  const logged = inWindow(shown, ["raw"], log), values = logged.concat(inWindow(shown, ["y", "low", "high"], log));
  if (!values.length) return { range: log ? [-5, 0] : [0, 1], above: 0, below: 0 };
  const [bottom, top] = clip ? fences(logged.sort((a, b) => a - b)) : [-Infinity, Infinity], [least, most] = ends(logged);
  const [low, high] = ends(values.filter((value) => value >= bottom && value <= top));
  const above = logged.filter((value) => value > high).length, below = logged.filter((value) => value < low).length;
  return { range: padded(...ends(guide ? [low, high, Math.log10(guide)] : [low, high]), log), above, below, least, most };
}

// The finite ones of these columns.
function inWindow(shown, columns, log) {
  const values = [];
  for (const one of shown) {
    for (const name of columns) {
      const column = one[name];
      for (let i = one.from; column && i < one.to; i += 1) {
        const value = log ? Math.log10(column[i]) : column[i];
        if (Number.isFinite(value)) values.push(value);
      }
    }
  }
  return values;
}

function ends(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

// An outlier is further from the middle nine tenths than they are wide.
function fences(sorted) {
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))], width = at(0.95) - at(0.05);
  return sorted.length < FEWEST || !(width > 0) ? [-Infinity, Infinity] : [at(0.05) - width, at(0.95) + width];
}

function padded(low, high, log) {
  if (high > low) return [low - PAD * (high - low), high + PAD * (high - low)];
  if (log) return [low - 0.5, low + 0.5];
  if (!low) return [-1, 1];
  return low > 0 ? [0, 2 * low] : [2 * low, 0];
}
