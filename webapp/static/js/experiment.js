// The page of an experiment: charts, numbers, pictures and log of the trial that is looked at, live.
import { Board } from "./board.js";
import { Filters } from "./filters.js";
import { Live } from "./live.js";
import { colour, dash } from "./palette.js";
import { duration } from "./time.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const live = new Live([page.trial]);
const board = new Board(live, document.querySelector("[data-toolbar]"));
const filters = new Filters(document.querySelector("[data-filters]"));
const trial = () => live.trials.get(page.trial);
const charts = new Map();

function seriesOf(wanted) {
  const found = trial() ? [...trial().curves.keys()].filter(wanted).sort() : [];
  return found.map((key, i) => ({ key, name: key.slice(key.indexOf("/") + 1), curve: trial().curves.get(key), trial: trial(), colour: colour(i), dash: dash(i) }));
}

function mount(card) {
  const { exact, prefix, logy, guide } = card.dataset;
  const keys = exact?.split(",");
  const wanted = keys ? (key) => keys.includes(key) : (key) => key.startsWith(`${prefix}/`);
  const order = (a, b) => keys.indexOf(a.key) - keys.indexOf(b.key);
  const series = () => {
    const found = seriesOf(wanted);
    if (!keys) return found;
    return found.sort(order).map((item) => ({ ...item, name: keys.length > 1 ? item.key.split("/")[0] : item.key, colour: colour(keys.indexOf(item.key)) }));
  };
  const chart = board.add(card.querySelector(".chart"), { series, logY: logy ? true : null, guide: guide ? { y: Number(guide), label: "about 1e-3 is right" } : null });
  charts.set(card, { chart, wanted });
}

function shownNumber(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "–";
}

function lastOf(key) {
  const values = trial()?.curves.get(key)?.value;
  return values?.length ? values[values.length - 1] : undefined;
}

function showStats() {
  const now = trial();
  const results = now.results ?? {};
  const show = (name, text) => { const place = document.querySelector(`[data-stat="${name}"]`); if (place) place.textContent = text; };
  const percent = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(2)}%` : "–");
  const best = (key, pick) => { const values = now.curves.get(key)?.value.filter(Number.isFinite); return values?.length ? pick(...values.slice(-5000)) : undefined; };
  show("train/loss", shownNumber(lastOf("train/loss")));
  show("train/accuracy", percent(lastOf("train/accuracy")));
  show("validation/accuracy", percent(results["validation/accuracy"]?.best ?? best("validation/accuracy", Math.max)));
  show("validation/loss", shownNumber(results["validation/loss"]?.best ?? best("validation/loss", Math.min)));
  show("test/accuracy", percent(results["test/accuracy"]));
  show("duration", results.duration_s ? duration(results.duration_s) : "–");
}

function showProgress() {
  const { state, progress, startedAt } = trial();
  const bar = document.querySelector("[data-progress]");
  if (!bar || !progress) return;
  const { step, steps, epoch, epochs, examples_per_second: speed } = progress;
  const share = steps ? step / steps : 0;
  bar.value = state === "completed" ? 1 : share;
  const parts = [];
  if (steps) parts.push(`step ${step.toLocaleString("en")} of ${steps.toLocaleString("en")}`, `epoch ${Math.min(epochs, epoch).toFixed(1)} of ${epochs}`);
  if (state === "queued") parts.push("waiting for a worker");
  if (state === "running" && speed) parts.push(`${Math.round(speed).toLocaleString("en")} examples/s`);
  if (state === "running" && share > 0.01 && startedAt) parts.push(`about ${duration(((Date.now() / 1000 - startedAt) * (1 - share)) / share)} left`);
  document.querySelector("[data-progress-text]").textContent = parts.join(" · ");
}

function showState(detail) {
  for (const badge of document.querySelectorAll("[data-state]")) {
    badge.innerHTML = "";
    const inner = document.createElement("span");
    inner.className = `state state-${detail.state}`;
    inner.textContent = detail.state;
    badge.append(inner);
  }
  const alert = document.querySelector("[data-failure]");
  alert.hidden = !detail.failure;
  alert.querySelector("p").textContent = detail.failure ?? "";
  const ended = ["completed", "failed", "cancelled"].includes(detail.state);
  for (const element of document.querySelectorAll("[data-while-running]")) element.hidden = ended;
}

function addLogLine({ at, level, message, step }) {
  const log = document.querySelector("[data-log]");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.querySelector("[data-log-empty]")?.remove();
  const line = document.createElement("div");
  line.className = `log-line log-${level}`;
  line.textContent = `${at.slice(11, 19)} ${step ? `[step ${step.toLocaleString("en")}] ` : ""}${message}`;
  log.append(line);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

document.querySelectorAll("[data-chart]").forEach(mount);
live.addEventListener("change", (event) => {
  for (const [card, { chart, wanted }] of charts) {
    const has = trial() && [...trial().curves.keys()].some(wanted);
    card.hidden = !has && card.dataset.optional !== undefined;
    if (event.detail.reset || event.detail.keys.some(wanted)) chart.schedule();
  }
  showStats();
  showProgress();
});
live.addEventListener("state", (event) => { showState(event.detail); showStats(); showProgress(); });
live.addEventListener("picture", (event) => filters.add(event.detail));
live.addEventListener("log", (event) => addLogLine(event.detail));
live.addEventListener("connection", (event) => { document.querySelector("[data-connection]").hidden = event.detail.open; });

// A tab is part of the address, so that it can be linked to and survives a reload.
for (const tab of document.querySelectorAll("[data-bs-toggle='tab']")) {
  tab.addEventListener("shown.bs.tab", () => {
    history.replaceState(null, "", `${location.search}#${tab.dataset.name}`);
    board.redraw();
  });
}
addEventListener("DOMContentLoaded", () => {
  const wanted = location.hash.slice(1).split("-")[0];
  const name = wanted === "comment" ? "comments" : wanted;
  const tab = document.querySelector(`[data-bs-toggle='tab'][data-name='${CSS.escape(name)}']`);
  if (tab) window.bootstrap.Tab.getOrCreateInstance(tab).show();
});

live.start().then(() => { showState(trial()); }).catch((error) => {
  document.querySelector("[data-connection]").hidden = false;
  document.querySelector("[data-connection]").textContent = error.message;
});
filters.load(page.trial);
window.Plotly ?? document.getElementById("plotly").addEventListener("load", () => board.redraw());
