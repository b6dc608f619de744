// The summary table of a comparison: cells follow running experiments, and the best of each row of numbers is marked.
import { metric } from "./format.js";
import { hasEnded } from "./trials.js";

const ORDER = ["running", "queued", "failed", "cancelled", "completed"];
const smallerIsBetter = (name) => name.endsWith("loss");

export class CompareTable {
  constructor(table, experiments, trials) {
    this.table = table;
    this.experiments = experiments;
    this.trials = trials;
  }

  get metrics() { return [...new Set([...this.table.querySelectorAll("[data-metric]")].map(({ dataset }) => dataset.metric))]; }

  refresh() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.experiments.forEach((experiment) => this.showOne(experiment));
      this.mark();
    });
  }

  showOne({ id, trials: ids }) {
    const row = this.table.querySelector(`[data-experiment="${id}"]`), mine = ids.map((trial) => this.trials.get(trial));
    const badge = row.querySelector("[data-state-badge]"), state = ORDER.find((name) => mine.some((trial) => trial.state === name));
    badge.className = `state state-${state}`;
    badge.textContent = state;
    if (mine.every((trial) => hasEnded(trial.state)) && !row.dataset.live) return;
    row.dataset.live = "yes";
    for (const cell of row.querySelectorAll("[data-metric]")) this.fill(cell, mine);
  }

  fill(cell, trials) {
    const { metric: name, which } = cell.dataset;
    const values = trials.map((trial) => valueOf(trial, name, which)).filter((value) => value !== undefined);
    if (!values.length) return;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    cell.dataset.value = mean;
    cell.textContent = metric(name, mean);
  }

  mark() {
    for (const name of new Set([...this.table.querySelectorAll("[data-metric]")].map(({ dataset }) => `${dataset.metric} ${dataset.which}`))) {
      const [key, which] = name.split(" ");
      const cells = [...this.table.querySelectorAll(`[data-metric="${key}"][data-which="${which}"]`)].filter(({ dataset }) => dataset.value);
      const values = cells.map(({ dataset }) => Number(dataset.value)).filter(Number.isFinite);
      const best = smallerIsBetter(key) ? Math.min(...values) : Math.max(...values);
      for (const cell of cells) cell.classList.toggle("best", new Set(values).size > 1 && Number(cell.dataset.value) === best);
    }
  }
}

function valueOf(trial, name, which) {
  const result = trial.results[name];
  if (typeof result === "number") return result;
  if (result?.[which] !== undefined) return result[which];
  const finite = trial.curves.get(name)?.values.filter(Number.isFinite) ?? [];
  if (!finite.length) return undefined;
  if (which === "last") return finite[finite.length - 1];
  return finite.reduce((a, b) => (smallerIsBetter(name) ? Math.min(a, b) : Math.max(a, b)));
}
