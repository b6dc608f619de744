// The address says how the charts are seen: whoever opens it sees the same, and Back returns to what was seen before.
// ?smoothing=0.6&x=epoch&logx=1&logy=1&outliers=clip&trials=mean&zoom=2,4.5&find=conv&c.loss=log,-train/loss
const NAMES = ["smoothing", "x", "logx", "logy", "outliers", "trials", "zoom", "find"];
const CHART = "c.";
const REST_MS = 250;
const STEP_MS = 1000;

const isOurs = (name) => NAMES.includes(name) || name.startsWith(CHART);

// {settings, range, find, owns}, or null where the address says nothing of charts.
export function read(search) {
  const params = new URLSearchParams(search);
  if (![...params.keys()].some(isOurs)) return null;
  const zoom = (params.get("zoom") ?? "").split(",").map(Number);
  const smoothing = Number(params.get("smoothing") || NaN);
  const settings = { x: params.get("x") ?? "step", logx: params.has("logx"), logy: params.has("logy"), outliers: params.get("outliers") === "clip", trials: params.get("trials") };
  if (smoothing >= 0 && smoothing <= 1) settings.smoothing = smoothing;
  const owns = new Map([...params].filter(([name]) => name.startsWith(CHART)).map(([name, words]) => [name.slice(CHART.length), ownOf(words)]));
  return { settings, range: zoom.length === 2 && zoom.every(Number.isFinite) && zoom[0] < zoom[1] ? zoom : null, find: params.get("find") ?? "", owns };
}

function ownOf(words) {
  const own = { hidden: new Set() };
  for (const word of words.split(",")) {
    if (word === "log" || word === "linear") own.logy = word === "log";
    else if (word === "clip" || word === "all") own.outliers = word === "clip";
    else if (word.startsWith("-")) own.hidden.add(word.slice(1));
  }
  return own;
}

// The query that says it, with what else the given one says.
export function write({ settings, find, owns }, search) {
  const params = new URLSearchParams(search);
  for (const name of [...params.keys()].filter(isOurs)) params.delete(name);
  const { smoothing, x, logx, logy, outliers, trials, range } = settings;
  params.set("smoothing", smoothing);
  params.set("x", x);
  for (const [name, said] of [["logx", logx && 1], ["logy", logy && 1], ["outliers", outliers && "clip"], ["trials", trials], ["find", find]]) if (said) params.set(name, said);
  if (range) params.set("zoom", range.map((end) => Number(end.toPrecision(12))).join());
  for (const [name, own] of owns) {
    const words = wordsOf(own);
    if (words.length) params.set(CHART + name, words.join());
  }
  return params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
}

function wordsOf({ logy, outliers, hidden }) {
  const words = [...hidden].map((id) => `-${id}`);
  if (logy !== undefined) words.push(logy ? "log" : "linear");
  if (outliers !== undefined) words.push(outliers ? "clip" : "all");
  return words;
}

export class Address {
  // state() is what is seen now; apply(what the address says, or null) shows it.
  constructor(state, apply) {
    this.state = state;
    this.steppedAt = -Infinity;
    addEventListener("popstate", () => { clearTimeout(this.timer); apply(read(location.search)); });
  }

  get query() { return write(this.state(), location.search); }

  // A step is an entry in the history; steps within a second are one, and what comes by a slider is none.
  say(step) {
    const now = performance.now();
    clearTimeout(this.timer);
    if (step && now - this.steppedAt > STEP_MS) history.pushState(null, "", this.here());
    else this.timer = setTimeout(() => history.replaceState(null, "", this.here()), REST_MS);
    if (step) this.steppedAt = now;
  }

  here() { return `?${this.query}${location.hash}`; }

  get link() { return `${location.origin}${location.pathname}${this.here()}`; }
}
