// Numbers as the templates' filters write them.
export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(digits - 2).replace("e+", "e");
  return size >= 10 ** digits ? Math.round(value).toLocaleString("en-US") : value.toPrecision(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

export const percent = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(2)}%` : "–");

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${Math.max(seconds, 0).toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const metric = (key, value) => (key.endsWith("accuracy") ? percent(value) : number(value));

export const signed = (value, text) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${text}`;

// By how much a metric differs: percentages in points.
export function difference(key, delta) {
  const size = Math.abs(delta);
  return signed(delta, key.endsWith("accuracy") ? `${(100 * size).toFixed(2)} pts` : number(size, 3));
}

export const percentChange = (change) => signed(change, `${number(Math.abs(change), Math.abs(change) < 10 ? 2 : 3)}%`);
