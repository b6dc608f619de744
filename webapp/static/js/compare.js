// The comparison: a chart for each curve key, a line for each experiment (the mean of its trials, or all of them), live for those that run.
import { ChartPage } from "./chart-page.js";
import { CompareTable } from "./compare-table.js";
import { connect, freshKeys } from "./live.js";
import { look, swatch } from "./palette.js";
import { Pinned } from "./pinned.js";
import { Series } from "./series.js";
import { Trials, hasEnded } from "./trials.js";

const page = JSON.parse(document.querySelector("#page-data").textContent);
const ids = page.experiments.flatMap((experiment) => experiment.trials);
const trials = new Trials();
const series = new Series(trials);
const table = new CompareTable(document.querySelector("[data-summary]"), page.experiments, trials);

document.querySelectorAll("[data-swatch]").forEach((place) => place.append(swatch(look(Number(place.dataset.swatch)))));
const charts = new ChartPage({ trials, ids: () => ids, keysOf: ({ keys }) => [keys], seriesOf, always: table.metrics, points: page.points, layouts: page.layouts });

connect({ trials: ids, keys: () => charts.supply.asked(), points: page.points }, {
  snapshot(found) { charts.replaced(found); table.refresh(); },
  message: receive,
  hint: charts.bar.hint,
  ended: () => ids.every((id) => hasEnded(trials.get(id).state)),
});

new Pinned(charts.board, page.experiments.map(({ id }) => id)).follow();

function seriesOf({ keys: key }) {
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
}
