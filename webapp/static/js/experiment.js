// The experiment's page: one trial, its charts, filters, histograms, log and head, fed by one stream.
import { ChartPage } from "./chart-page.js";
import { Filters } from "./filters.js";
import { leaveWhenGone, showGone } from "./gone.js";
import { FinalValues } from "./final-values.js";
import { Headline } from "./headline.js";
import { Histograms } from "./histograms.js";
import { connect, freshKeys } from "./live.js";
import { Log } from "./log.js";
import { look, lookOfKey } from "./palette.js";
import { Series } from "./series.js";
import { bindTabs } from "./tabs.js";
import { bindTalk } from "./talk.js";
import { Trials, hasEnded } from "./trials.js";

const HUES = 6;
const page = JSON.parse(document.querySelector("#page-data").textContent);
const trials = new Trials();
const trial = Object.assign(trials.get(page.trial), page.facts);
const series = new Series(trials);
const headline = new Headline(trial, page.others);
const stats = [...document.querySelectorAll("[data-stat]")].map(({ dataset }) => dataset.stat);
const filters = new Filters(document.querySelector("#pane-filters"));
const histograms = new Histograms(document.querySelector("[data-histograms]"), () => hasEnded(trial.state));
const log = new Log(document.querySelector("[data-log]"), document.querySelector("[data-log-empty]"));

let errors = null, connection = null, charts = null;
bindTabs(document.querySelector("[data-tabs]"), (name) => {
  if (name === "filters") filters.load();
  if (name === "errors") showErrors();
  if (name === "log") log.toEnd();
  if (name === "trials") document.querySelector("#pane-trials > *").dispatchEvent(new Event("opened"));
});
charts = new ChartPage({
  trials, ids, keysOf, seriesOf, always: stats, layouts: page.layouts, remembered: remembered(), remember,
  trialsChanged() { if (connection) reconnect(null); },
});
connection = follow(ids().length > 1 ? null : page.position);
leaveWhenGone(page);
bindTalk(charts, trials, page, ids);

function mode() { return charts?.board.settings.trials ?? "one"; }

function ids() { return mode() === "one" ? [page.trial] : page.trials; }

document.querySelector("#pane-trials")?.addEventListener("htmx:afterSwap", ({ target }) => new FinalValues(target.querySelector("[data-values]")));

function follow(position) {
  return connect({ trials: ids(), keys: () => charts.supply.asked(), position }, {
    snapshot(found, again) { charts.replaced(found); if (again) [log, filters].forEach((tab) => tab.catchUp()); histograms.touch(); errors?.then((tab) => tab.awaited && tab.changed()); refresh(); },
    message: receive,
    gone: showGone,
    hint: charts.bar.hint,
    ended: () => ids().every((id) => hasEnded(trials.get(id).state)) && !page.awaited,
  });
}

function reconnect(position) {
  connection.close();
  connection = follow(position);
}

// Fetched when its tab opens. A worker that was asked to use the test part is listened to, though the trial has ended.
function showErrors() {
  errors ??= import("./errors.js").then(({ Errors }) => new Errors(document.querySelector("#pane-errors"), {
    follow() { page.awaited = true; reconnect(null); },
    settled() { page.awaited = false; setTimeout(() => hasEnded(trial.state) && !page.awaited && connection.close(), 2_000); },
    tested(metrics) { page.tested = metrics; refresh(); },
  }));
  errors.then((tab) => tab.load());
}

function keysOf({ keys, prefix }) {
  return prefix ? trials.keys().filter((key) => key.startsWith(prefix)) : keys.split(",");
}

function seriesOf(dataset) {
  const keys = keysOf(dataset), { prefix } = dataset;
  const there = keys.filter((key) => ids().some((id) => trials.get(id).curves.has(key)));
  if (mode() === "each" && !prefix) return there.flatMap((key, index) => ofEachTrial(key, index, there.length > 1));
  return there.map((key) => {
    const rest = { id: key, label: prefix ? key.slice(prefix.length) : key, ...lookOfKey(key, keys.indexOf(key)) };
    return mode() === "mean" ? series.mean(ids(), key, rest) : series.one(page.trial, key, rest);
  });
}

// Trials are told apart by colours, their curves by dashes.
function ofEachTrial(key, index, several) {
  return ids().map((id, place) => {
    const name = `trial ${page.numbers[place]}`;
    return series.one(id, key, { id: `${key} ${name}`, label: several ? `${key}, ${name}` : name, ...look(place), dash: look(HUES * index).dash });
  });
}

function receive(kind, payload) {
  if (kind === "points") trials.applyPoints(payload);
  else if (kind === "state") trials.applyState(payload);
  else if (kind === "restart") trials.applyRestart(payload);
  if (payload.trial === page.trial) receiveOwn(kind, payload);
  refresh(freshKeys(kind, payload));
}

function receiveOwn(kind, payload) {
  if (["histograms", "restart", "state"].includes(kind)) histograms.touch();
  if (kind === "picture" && payload.kind === "filters") filters.add(payload);
  if (kind === "log") log.add(payload);
  if (kind === "state" || kind === "report") errors?.then((tab) => tab.changed(kind === "report" ? payload : {}));
}

function refresh(fresh = null) {
  if (page.tested) trial.results = { ...trial.results, ...page.tested }; // a snapshot on its way may be of before
  headline.refresh();
  charts.board.over = hasEnded(trial.state);
  charts.refresh(fresh);
}

function remembered() {
  try { return JSON.parse(localStorage.getItem("charts")) ?? {}; } catch { return {}; }
}

function remember({ trials: _, ...settings }) { // how trials are shown is of each experiment
  try { localStorage.setItem("charts", JSON.stringify(settings)); } catch { /* no storage: the settings last for this page */ }
}
