// The comparison: a chart for each curve key, a line for each experiment (the mean of its trials), live for those that run.
import { Board } from "./board.js";
import { CompareTable } from "./compare-table.js";
import { bindLayouts } from "./layouts.js";
import { connect, fetchSnapshot } from "./live.js";
import { meanCurve } from "./mean.js";
import { look, swatch } from "./palette.js";
import { bindToolbar, fillToolbar, readToolbar } from "./toolbar.js";
import { Trials, hasEnded } from "./trials.js";
import { finerPoints } from "./zoom.js";

const page = JSON.parse(document.querySelector("#page-data").textContent);
const ids = page.experiments.flatMap(({ trials }) => trials);
const trials = new Trials();
const form = document.querySelector("[data-toolbar]");
const chooser = document.querySelector("[data-more-key]");
const table = new CompareTable(document.querySelector("[data-summary]"), page.experiments, trials);
const fetched = new Set(page.keys);
const asked = new URLSearchParams(location.search);
const means = new Map();

document.querySelectorAll("[data-swatch]").forEach((place) => place.append(swatch(look(Number(place.dataset.swatch)))));
const { pins, filled } = bindLayouts(page.layouts, form, false);
if (!filled) fillToolbar(form, { smoothing: Number(asked.get("smoothing") ?? NaN), x: asked.get("x"), logx: asked.has("logx"), logy: asked.has("logy") });
const board = new Board(readToolbar(form), (range) => { fetchFiner(range); bar.zoomed(range); });
const bar = bindToolbar(form, board, remember);
const fetchFiner = finerPoints(trials, ids, () => board.charts.filter(({ visible }) => visible).map(({ figure }) => figure.dataset.keys), board);
document.querySelectorAll("[data-chart]:not([data-more] *)").forEach((figure) => {
  board.add(figure, () => seriesOf(figure.dataset.keys));
  pins.add(figure);
});
if (asked.get("key")) showMore(asked.get("key"));
chooser.addEventListener("change", () => { showMore(chooser.value); remember(); });

connect({ trials: ids, keys: () => [...fetched].join(","), points: page.points }, {
  snapshot(found) { trials.applySnapshot(found, false); refresh(); },
  message: receive,
  hint: bar.hint,
  ended: () => ids.every((id) => hasEnded(trials.get(id).state)),
});

function seriesOf(key) {
  if (!fetched.has(key)) return [];
  return page.experiments.map((experiment, index) => ({
    id: String(experiment.id), key, label: experiment.title, trial: trials.get(experiment.trials[0]), ...look(index), curve: curveOf(experiment, key),
  }));
}

// A mean is made anew only when one of its curves has grown.
function curveOf(experiment, key) {
  const curves = experiment.trials.map((id) => trials.curve(id, key));
  if (curves.length === 1) return curves[0];
  const name = `${experiment.id} ${key}`, state = curves.map((curve) => `${curve?.length} ${curve?.steps[curve.length - 1]}`).join();
  if (means.get(name)?.state !== state) means.set(name, { state, curve: meanCurve(curves) });
  return means.get(name).curve;
}

async function showMore(key) {
  const holder = document.querySelector("[data-more]"), figure = holder.querySelector("[data-chart]");
  holder.hidden = !key;
  if (!key) return;
  figure.dataset.keys = key;
  figure.querySelector("[data-chart-title]").textContent = key;
  addOption(key);
  chooser.value = key;
  if (!board.charts.some((chart) => chart.figure === figure)) board.add(figure, () => seriesOf(figure.dataset.keys));
  if (!fetched.has(key)) {
    const found = await fetchSnapshot({ trials: ids.join(","), keys: key, points: page.points }).catch(() => null);
    if (!found) return bar.hint(`The curve ${key} could not be fetched.`);
    trials.applySnapshot(found.trials, true);
    fetched.add(key);
  }
  board.touch();
}

function addOption(key) {
  if (![...chooser.options].some(({ value }) => value === key)) chooser.add(new Option(key, key));
}

function receive(kind, payload) {
  if (kind === "points") trials.applyPoints(payload);
  else if (kind === "state") trials.applyState(payload);
  else if (kind === "restart") trials.applyRestart(payload);
  else return;
  refresh();
}

function refresh() {
  for (const key of trials.keys()) if (!page.keys.includes(key)) addOption(key);
  table.refresh();
  board.touch();
}

// The address says all that is seen, so that it can be sent to somebody.
function remember() {
  const { smoothing, x, logx, logy } = readToolbar(form);
  const baseline = new URLSearchParams(location.search).get("baseline");
  const said = { ids: asked.get("ids"), ...(baseline && { baseline }), smoothing, x, ...(logx && { logx: 1 }), ...(logy && { logy: 1 }), ...(chooser.value && { key: chooser.value }) };
  history.replaceState(null, "", `?${new URLSearchParams(said).toString().replaceAll("%2C", ",")}`);
}
