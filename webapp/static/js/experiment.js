// The experiment's page: one trial, its charts, filters, histograms, log and head, fed by one stream.
import { Board } from "./board.js";
import { Filters } from "./filters.js";
import { Headline } from "./headline.js";
import { Histograms } from "./histograms.js";
import { connect } from "./live.js";
import { Log } from "./log.js";
import { lookOfKey } from "./palette.js";
import { bindTabs } from "./tabs.js";
import { bindToolbar, fillToolbar, readToolbar } from "./toolbar.js";
import { Trials, hasEnded } from "./trials.js";
import { finerPoints } from "./zoom.js";

const page = JSON.parse(document.querySelector("#page-data").textContent);
const trials = new Trials();
const trial = Object.assign(trials.get(page.trial), page.facts);
const headline = new Headline(trial);
const form = document.querySelector("[data-toolbar]");
const charted = new Set();

fillToolbar(form, { ...readToolbar(form), ...remembered() });
const board = new Board(readToolbar(form), (range) => { fetchFiner(range); bar.zoomed(range); });
const bar = bindToolbar(form, board, remember);
const fetchFiner = finerPoints(trials, [page.trial], visibleKeys, board);
const filters = new Filters(document.querySelector("#pane-filters"));
const histograms = new Histograms(document.querySelector("[data-histograms]"), () => hasEnded(trial.state));
const log = new Log(document.querySelector("[data-log]"), document.querySelector("[data-log-empty]"));

document.querySelectorAll("[data-chart]").forEach(addChart);
let errors = null, connection = follow(page.position);
bindTabs(document.querySelector("[data-tabs]"), (name) => {
  if (name === "filters") filters.load();
  if (name === "errors") showErrors();
  if (name === "log") log.toEnd();
});

function follow(position) {
  return connect({ trials: [page.trial], position }, {
    snapshot(found, again) { trials.applySnapshot(found, false); if (again) [log, filters].forEach((tab) => tab.catchUp()); histograms.touch(); errors?.then((tab) => tab.awaited && tab.changed()); refresh(); },
    message: receive,
    hint: bar.hint,
    ended: () => hasEnded(trial.state) && !page.awaited,
  });
}

// Fetched when its tab opens. A worker that was asked to use the test part is listened to, though the trial has ended.
function showErrors() {
  errors ??= import("./errors.js").then(({ Errors }) => new Errors(document.querySelector("#pane-errors"), {
    follow() { page.awaited = true; connection.close(); connection = follow(null); },
    settled() { page.awaited = false; setTimeout(() => hasEnded(trial.state) && !page.awaited && connection.close(), 2_000); },
    tested(metrics) { page.tested = metrics; refresh(); },
  }));
  errors.then((tab) => tab.load());
}

function keysOf({ keys, prefix }) {
  const wanted = prefix ? trials.keys().filter((key) => key.startsWith(prefix)) : keys.split(",");
  return wanted.filter((key) => trial.curves.has(key));
}

function addChart(figure) {
  const { keys, prefix } = figure.dataset;
  for (const key of prefix ? [prefix] : keys.split(",")) charted.add(key);
  board.add(figure, () => keysOf(figure.dataset).map((key, index) => ({
    id: key, key, label: prefix ? key.slice(prefix.length) : key, curve: trials.curve(page.trial, key), trial, ...lookOfKey(key, index),
  })));
}

function visibleKeys() {
  return [...new Set(board.charts.filter(({ visible }) => visible).flatMap(({ figure }) => keysOf(figure.dataset)))];
}

// Curves that have no chart yet get one.
function addMissingCharts() {
  const prefixes = [...charted].filter((word) => word.endsWith("/"));
  for (const key of trials.keys()) {
    if (charted.has(key) || prefixes.some((prefix) => key.startsWith(prefix))) continue;
    const figure = document.querySelector("#chart-template").content.firstElementChild.cloneNode(true);
    figure.dataset.keys = key;
    figure.querySelector("[data-chart-title]").textContent = key;
    figure.querySelector("[data-plot]").setAttribute("aria-label", `Chart ${key}. Arrow keys move through its points.`);
    document.querySelector("[data-more-charts]").append(figure);
    addChart(figure);
  }
}

function receive(kind, payload) {
  if (["histograms", "restart", "state"].includes(kind)) histograms.touch();
  if (kind === "points") trials.applyPoints(payload);
  else if (kind === "state") trials.applyState(payload);
  else if (kind === "restart") trials.applyRestart(payload);
  else if (kind === "picture" && payload.kind === "filters") filters.add(payload);
  else if (kind === "log") log.add(payload);
  if (kind === "state" || kind === "report") errors?.then((tab) => tab.changed(kind === "report" ? payload : {}));
  refresh();
}

function refresh() {
  if (page.tested) trial.results = { ...trial.results, ...page.tested }; // a snapshot on its way may be of before
  addMissingCharts();
  headline.refresh();
  board.over = hasEnded(trial.state);
  board.touch();
}

function remembered() {
  try { return JSON.parse(localStorage.getItem("charts")) ?? {}; } catch { return {}; }
}

function remember(settings) {
  try { localStorage.setItem("charts", JSON.stringify(settings)); } catch { /* no storage: the settings last for this page */ }
}
