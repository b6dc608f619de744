// The summary table of a comparison, kept up to date: its cells follow running experiments.
import { FinalValues, showValue } from "./final-values.js";
import { hasEnded, resultOf } from "./trials.js";

const ORDER = ["running", "queued", "paused", "failed", "cancelled", "completed"];

export class CompareTable {
  constructor(table, experiments, trials) {
    this.table = table;
    this.experiments = experiments;
    this.trials = trials;
    this.values = new FinalValues(table.closest("[data-values]"));
  }

  // Of the columns that are shown from the start.
  get metrics() { return [...new Set([...this.table.querySelectorAll("[data-metric]:not([hidden])")].map(({ dataset }) => dataset.metric))]; }

  refresh() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.experiments.forEach((experiment) => this.showOne(experiment));
      this.values.refresh();
    });
  }

  // Where not all of its trials are followed here, the mean of all stays as the server gave it.
  showOne({ id, trials: ids, whole }) {
    if (!whole) return;
    const row = this.table.querySelector(`[data-row="${id}"]`), mine = ids.map((trial) => this.trials.get(trial));
    const badge = row.querySelector("[data-state-badge]"), state = ORDER.find((name) => mine.some((trial) => trial.state === name));
    badge.className = `state state-${state}`;
    badge.textContent = state;
    if (mine.every((trial) => hasEnded(trial.state)) && !row.dataset.live) return;
    row.dataset.live = "yes";
    this.values.columns.forEach(({ dataset }, place) => dataset.metric && fill(row.cells[place], dataset, mine));
  }
}

function fill(cell, column, trials) {
  const values = trials.map((trial) => valueOf(trial, column)).filter(Number.isFinite);
  if (!values.length) return;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  showValue(cell, column.metric, mean, Math.sqrt(squares / (values.length - 1)));
}

// While a trial runs its curve knows more than the results that are kept now and then; the curve may still be on its way.
function valueOf(trial, { metric, which, better }) {
  const result = resultOf(trial, metric), kept = typeof result === "number" ? result : result?.[which];
  if (kept !== undefined && hasEnded(trial.state)) return kept;
  const finite = trial.curves.get(metric)?.values.filter(Number.isFinite) ?? [];
  if (!finite.length) return kept;
  if (which === "last") return finite[finite.length - 1];
  return [...finite, Number.isFinite(kept) ? kept : finite[0]].reduce((a, b) => (better === "higher" ? Math.max(a, b) : Math.min(a, b)));
}
