// The comparison: a chart for each curve key, a line for each experiment, group or trial, live for those that run; and what else
// shows experiments side by side, each made when its tab is opened.
import { said, say } from "./address.js";
import { ChartPage } from "./chart-page.js";
import { bindColumns } from "./columns.js";
import { CompareFilters } from "./compare-filters.js";
import { CompareTable } from "./compare-table.js";
import { Differences } from "./differences.js";
import { GroupCurves } from "./group-curves.js";
import { connect, freshKeys } from "./live.js";
import { look, swatch } from "./palette.js";
import { Parallel } from "./parallel.js";
import { Pinned } from "./pinned.js";
import { Scatter } from "./scatter.js";
import { Series } from "./series.js";
import { bindTabs } from "./tabs.js";
import { Trials, hasEnded } from "./trials.js";
import "./saved-view.js";

const page = JSON.parse(document.querySelector("#page-data").textContent);
const ids = page.experiments.flatMap((experiment) => experiment.trials);
const trials = new Trials();
const series = new Series(trials);
const summary = document.querySelector("[data-summary]");
const table = new CompareTable(summary, page.experiments, trials);
const grouping = document.querySelector("[data-group-by]");

document.querySelectorAll("[data-swatch]").forEach((place) => place.append(swatch(look(Number(place.dataset.swatch)))));
bindColumns(document.querySelector("[data-columns]"), summary);
new Differences(document.querySelector("[data-differences]"));

const groups = new GroupCurves({ ids: page.experiments.map(({ id }) => id), points: page.points, keys: chartKeys, arrived: () => charts.board.touch(), failed: (words) => charts.bar.hint(words) });
const charts = new ChartPage({ trials, ids: () => ids, keysOf: ({ keys }) => [keys], seriesOf, always: table.metrics, points: page.points, layouts: page.layouts, looked: () => groups.look() });

connect({ trials: ids, keys: () => charts.supply.asked(), points: page.points }, {
  snapshot(found) { charts.replaced(found); table.refresh(); groups.look(); },
  message: receive,
  hint: charts.bar.hint,
  ended: () => ids.every((id) => hasEnded(trials.get(id).state)),
});

new Pinned(charts.board, page.experiments.map(({ id }) => id)).follow();
function chartKeys() { return [...new Set(charts.board.visible.map(({ figure }) => figure.dataset.keys))]; }

function seriesOf({ keys: key }) {
  if (groups.by) return groups.seriesOf(key, (id, all) => trials.factsOf(id, all));
  return page.experiments.flatMap(({ id: experiment, title, trials: its }, index) => {
    const rest = { id: String(experiment), label: title, ...look(index) };
    if (charts.board.settings.trials !== "each") return [series.mean(its, key, rest)];
    return its.map((id, place) => series.one(id, key, { ...rest, id: `${experiment}.${id}`, group: rest.id, groupLabel: title, label: `${title}, trial ${place + 1}` }));
  });
}

function receive(kind, payload) {
  if (kind === "points") trials.applyPoints(payload);
  else if (kind === "state") trials.applyState(payload);
  else if (kind === "restart") trials.applyRestart(payload);
  else return;
  table.refresh();
  charts.refresh(freshKeys(kind, payload));
  groups.stale();
}

function group(by) {
  groups.set(by);
  charts.form.elements.trials?.toggleAttribute("disabled", Boolean(by));
  charts.board.touch();
  groups.look();
}

// What the address says, or without a word of it what the page began with.
function groupAsSaid() {
  grouping.value = grouping.querySelector(`option[value="${CSS.escape(said("group"))}"]:not(:disabled)`) ? said("group") : grouping.dataset.groupBy;
  group(grouping.value);
}

if (grouping) {
  grouping.addEventListener("change", () => { say({ group: grouping.value }); group(grouping.value); });
  addEventListener("popstate", groupAsSaid);
  groupAsSaid();
}

const widgets = {};
const makers = {
  parallel: (pane) => new Parallel(pane, page),
  scatter: (pane) => new Scatter(pane, page),
  filters: (pane) => new CompareFilters(pane, page.experiments),
};
bindTabs(document.querySelector("[data-tabs]"), (name) => {
  if (makers[name]) widgets[name] ??= makers[name](document.querySelector(`#pane-${name}`));
  widgets[name]?.load?.();
});
