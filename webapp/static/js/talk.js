// The experiment's page: its conversation and its charts lead to one another by pins.
import { Conversation } from "./conversation.js";
import { bindPicker } from "./pin-picker.js";
import { Pinned } from "./pinned.js";

const TRIES = 20, AGAIN_MS = 250;
const count = document.querySelector("[data-comment-count]");

export function bindTalk(charts, trials, page, ids) {
  const pinned = new Pinned(charts.board, [page.experiment], {
    here: page.experiment,
    found(pins, counts) { count.textContent = counts[page.experiment] ?? ""; arrive(); },
  });
  const talk = new Conversation(page.experiment, page.news, () => pinned.loadSoon());
  if (page.may_comment) bindPicker(charts.board, { chosen, hint: charts.bar.hint });
  document.addEventListener("click", follow);
  document.addEventListener("click", ({ target }) => target.closest("[data-pin-clear]") && fill({ key: "", step: "", value: "" }));
  document.addEventListener("focusin", ({ target }) => target.name === "pin_key" && offerKeys(target));
  document.addEventListener("input", ({ target }) => { if (/^pin_(key|step|trial)$/.test(target.name)) target.form.elements.pin_value.value = ""; });

  addEventListener("hashchange", () => arrive());

  // Whoever comes with an address that ends in #pin-12; the pin may be known before the curves that its chart shows.
  function arrive(tries = TRIES) {
    const id = Number(/^#pin-(\d+)$/.exec(location.hash)?.[1]), tab = id && show(id);
    if (tab) history.replaceState(null, "", `${location.pathname}${location.search}#${tab}`);
    else if (id && tries) setTimeout(() => arrive(tries - 1), AGAIN_MS);
  }

  function follow(event) {
    const link = event.target.closest("[data-pin-link]");
    if (!link || event.ctrlKey || event.metaKey || !ids().includes(Number(link.dataset.trial))) return;
    if (show(Number(link.dataset.pinLink))) event.preventDefault();
  }

  // The name of the tab that shows it, if it can be shown.
  function show(comment) {
    const pin = pinned.marks.pins.find((one) => one.comment === comment);
    const chart = pin && charts.chartOf(pin.key);
    if (!chart) return "";
    charts.reveal(chart, pin.key, pin.trial);
    const tab = chart.figure.closest("[role=tabpanel]")?.getAttribute("aria-labelledby") ?? "tab-curves";
    document.getElementById(tab).click();
    pinned.marks.show(chart, comment);
    return tab.replace(/^tab-/, "");
  }

  async function chosen(point) {
    document.querySelector("#tab-comments").click();
    await fill(point);
  }

  async function fill({ trial, key, step, value }) {
    const form = await talk.form;
    if (!form) return;
    const { pin_trial, pin_key, pin_step, pin_value, body } = form.elements;
    if (trial) pin_trial.value = trial;
    [pin_key.value, pin_step.value, pin_value.value] = [key, step, value ?? ""];
    form.querySelector("[data-pin-fields]").open = Boolean(key);
    form.scrollIntoView({ block: "nearest" });
    body.focus({ preventScroll: true });
  }

  function offerKeys(input) {
    input.list.replaceChildren(...trials.keys().map((key) => Object.assign(document.createElement("option"), { value: key })));
  }
}
