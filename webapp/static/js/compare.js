// Several experiments over each other, live for those that run.
import { Board } from "./board.js";
import { Live } from "./live.js";
import { colour, dash } from "./palette.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const live = new Live(page.experiments.map((experiment) => experiment.trial), { points: 600 });
const board = new Board(live, document.querySelector("[data-toolbar]"));
const select = document.querySelector("[data-key-select]");
const asked = new URLSearchParams(location.search).get("key");

function seriesOf(key) {
  return page.experiments.flatMap((experiment, i) => {
    const trial = live.trials.get(experiment.trial);
    const curve = trial?.curves.get(key);
    return curve ? [{ key, name: experiment.title, curve, trial, colour: colour(i), dash: dash(i) }] : [];
  });
}

const charts = new Map();
for (const card of document.querySelectorAll("[data-chart]")) {
  const key = () => card.dataset.exact ?? select.value;
  charts.set(card, { chart: board.add(card.querySelector(".chart"), { series: () => seriesOf(key()), logY: null }), key });
}

function fillSelect() {
  const fixed = new Set([...document.querySelectorAll("[data-exact]")].map((card) => card.dataset.exact));
  const keys = new Set();
  for (const trial of live.trials.values()) for (const key of trial.curves.keys()) if (!fixed.has(key)) keys.add(key);
  const known = new Set([...select.options].map((option) => option.value));
  for (const key of [...keys].sort()) if (!known.has(key)) select.add(new Option(key, key));
  if (asked && keys.has(asked) && !select.dataset.chosen) { select.value = asked; select.dataset.chosen = "yes"; }
}

select.addEventListener("change", () => {
  const address = new URL(location.href);
  address.searchParams.set("key", select.value);
  history.replaceState(null, "", address);
  board.redraw();
});
live.addEventListener("change", (event) => {
  if (event.detail.reset) fillSelect();
  for (const { chart, key } of charts.values()) if (event.detail.reset || event.detail.keys.includes(key())) chart.schedule();
});
live.addEventListener("state", (event) => {
  const place = document.querySelector(`[data-trial-state="${event.detail.trial}"] .state`);
  if (!place) return;
  place.className = `state state-${event.detail.state}`;
  place.textContent = event.detail.state;
});
live.start();
window.Plotly ?? document.getElementById("plotly").addEventListener("load", () => board.redraw());
