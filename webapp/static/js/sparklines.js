// [data-sparkline][data-trial="12"]: the training loss of running trials in a table or on cards, from one stream for all of them.
// [data-spark-of="12"]: that of a trial which has ended, fetched once, for the whole table together.
import { connect } from "./live.js";
import { Trials, hasEnded } from "./trials.js";

const KEY = "train/loss";
const POINTS = 60;
const MOST_TRIALS = 50;
const trials = new Trials();
let connection = null, scheduled = false;

function holders() {
  return [...document.querySelectorAll("[data-sparkline][data-trial]")].slice(0, MOST_TRIALS);
}

function draw() {
  scheduled = false;
  for (const holder of holders()) {
    const trial = trials.get(Number(holder.dataset.trial)), svg = holder.querySelector("svg");
    const badge = holder.closest("tr, article")?.querySelector("[data-state-badge]");
    if (badge && badge.textContent !== trial.state) {
      badge.className = `state state-${trial.state}`;
      badge.textContent = trial.state;
    }
    const values = trial.curves.get(KEY)?.thinned(POINTS).values.filter(Number.isFinite) ?? [];
    if (values.length > 1) drawLine(svg, values);
  }
}

function drawLine(svg, values) {
  const { width, height } = svg.viewBox.baseVal;
  const low = Math.min(...values), span = Math.max(...values) - low || 1;
  const points = values.map((value, i) => `${((width * i) / (values.length - 1)).toFixed(1)},${(1 + (height - 2) * (1 - (value - low) / span)).toFixed(1)}`);
  let line = svg.querySelector("polyline");
  if (!line) {
    line = document.createElementNS(svg.namespaceURI, "polyline");
    svg.replaceChildren(line);
  }
  line.setAttribute("points", points.join(" "));
  svg.setAttribute("aria-label", `Training loss from ${values[0].toPrecision(3)} to ${values.at(-1).toPrecision(3)}, lowest ${low.toPrecision(3)}`);
}

function refresh() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => requestAnimationFrame(draw), 200);
}

function receive(kind, payload) {
  if (kind === "points") trials.applyPoints(payload);
  else if (kind === "state") trials.applyState(payload);
  else if (kind === "restart") trials.applyRestart(payload);
  refresh();
}

function start() {
  connection?.close();
  const ids = [...new Set(holders().map((holder) => Number(holder.dataset.trial)))];
  if (!ids.length) return;
  connection = connect({ trials: ids, keys: () => KEY, points: POINTS }, {
    snapshot(found) { trials.applySnapshot(found, false); refresh(); },
    message: receive,
    hint() {},
    ended: () => ids.every((id) => hasEnded(trials.get(id).state)),
  });
}

async function fetchEnded() {
  const holders = [...document.querySelectorAll("[data-spark-of]")].slice(0, MOST_TRIALS);
  if (!holders.length) return;
  const answer = await fetch(`/experiments/sparklines?trials=${holders.map((holder) => holder.dataset.sparkOf).join(",")}`);
  const found = answer.ok && !answer.redirected ? await answer.json() : {};
  for (const holder of holders) {
    const values = found[holder.dataset.sparkOf] ?? [];
    if (values.length > 1) drawLine(holder.querySelector("svg"), values);
  }
}

function begin() {
  start();
  fetchEnded().catch(() => {}); // without them the table is whole; the next look fetches them
}

begin();
document.addEventListener("htmx:afterSettle", (event) => event.detail.target.matches("#experiments-table") && begin());
