// The head of the experiment's page: state, progress, time left, failure and the cards of results, kept up to date.
import { duration, metric, number } from "./format.js";
import { hasEnded, resultOf } from "./trials.js";

const one = (name) => document.querySelector(`[data-head="${name}"]`);
const put = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
const LOOK_EVERY_S = 5;
const better = (key) => (key.endsWith("loss") ? (a, b) => a < b : (a, b) => a > b);

export class Headline {
  constructor(trial, others) {
    this.trial = trial;
    this.others = others; // the states of the experiment's other trials, as they were
    this.before = trial.state;
    this.samples = [];
    this.waited = 0;
    setInterval(() => !document.hidden && !hasEnded(trial.state) && this.showTimes(), 1000);
  }

  // A trial that waits moves up as others end, which no message of its own tells.
  lookForPlace() {
    if (this.trial.state !== "queued") put(one("waiting"), "");
    else if (this.waited++ % LOOK_EVERY_S === 0) one("waiting").dispatchEvent(new Event("look"));
  }

  refresh() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => { this.due = false; this.show(); });
  }

  show() {
    const { trial } = this;
    const badge = one("state");
    badge.className = `state state-${trial.state}`;
    put(badge, trial.state);
    const states = [trial.state, ...this.others];
    for (const element of document.querySelectorAll("[data-in-states]")) element.hidden = !states.some((state) => element.dataset.inStates.split(" ").includes(state));
    this.forgetPlace();
    one("failure").hidden = !trial.failure;
    put(one("failure-text"), trial.failure ?? "");
    this.showProgress();
    this.showTimes();
    for (const card of document.querySelectorAll("[data-stat]")) this.showStat(card);
  }

  // What the page was opened with, its place in line and what was asked of it, holds until its state is another.
  forgetPlace() {
    if (this.before === this.trial.state) return;
    this.before = this.trial.state;
    one("request")?.remove();
    one("place").hidden = true;
  }

  showProgress() {
    const { step = 0, steps, epoch = 0, epochs, examples_per_second: speed } = this.trial.progress;
    const meter = document.querySelector("[data-progress]"), share = steps ? (100 * step) / steps : 0;
    meter.dataset.state = this.trial.state;
    meter.setAttribute("aria-valuenow", share.toFixed(1));
    if (steps) meter.setAttribute("aria-valuetext", `Step ${number(step)} of ${number(steps)}`);
    meter.firstElementChild.style.width = `${share}%`;
    this.tell(Math.floor((4 * share) / 100));
    put(one("step"), steps ? `Step ${number(step)} of ${number(steps)}` : this.trial.state === "queued" ? "Waiting for a worker" : `Step ${number(step)}`);
    put(one("epoch"), epochs && steps ? `epoch ${Number(epoch.toFixed(1))} of ${epochs}` : "");
    put(one("speed"), speed ? `${number(Math.round(speed))} examples/s` : "");
  }

  // Read aloud: each quarter, and no more, so that all else can be heard.
  tell(quarter) {
    const before = this.quarter;
    this.quarter = quarter;
    if (before !== undefined && quarter > before && this.trial.state === "running") put(one("told"), `${25 * quarter}% of the steps are done`);
  }

  showTimes() {
    const { trial } = this;
    put(one("left"), this.timeLeft());
    this.lookForPlace();
    const seconds = trial.results.duration_s ?? (trial.started_at && !hasEnded(trial.state) ? Date.now() / 1000 - trial.started_at : NaN);
    put(document.querySelector("[data-duration]"), duration(seconds));
  }

  // From the steps of the last ten seconds or so.
  timeLeft() {
    const { step, steps } = this.trial.progress;
    if (this.trial.state !== "running" || !step || !steps) return "";
    const now = performance.now() / 1000;
    this.samples = [...this.samples.filter(([at, before]) => now - at < 10 && before <= step), [now, step]].slice(-200);
    const [at, before] = this.samples[0];
    const fallback = step / Math.max(Date.now() / 1000 - (this.trial.started_at ?? Infinity), 0);
    const rate = now - at > 1 && step > before ? (step - before) / (now - at) : fallback;
    return rate > 0 ? `about ${duration((steps - step) / rate)} left` : "";
  }

  showStat(card) {
    const key = card.dataset.stat, result = resultOf(this.trial, key), curve = this.trial.curves.get(key);
    const finite = curve?.values.filter(Number.isFinite) ?? [];
    const best = result?.best ?? (finite.length ? finite.reduce((a, b) => (better(key)(b, a) ? b : a)) : undefined);
    const last = typeof result === "number" ? result : (result?.last ?? curve?.last);
    put(card.querySelector("[data-main]"), metric(key, key.startsWith("train/") || key.startsWith("test/") ? last : best ?? last));
    const more = card.querySelector("[data-more]");
    if (more && !key.startsWith("t")) put(more, last === undefined ? "" : `last ${metric(key, last)}`);
  }
}
