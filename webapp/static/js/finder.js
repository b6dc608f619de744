// <dialog data-finder>: the box that / opens (a search over everything) and Ctrl-K (commands: of the page, of the site, and experiments
// at hand). A combobox with its listbox: arrows choose, Enter opens, Escape closes and the focus goes back to where it was.
import { fitting } from "./fuzzy.js";

const MODES = {
  search: { label: "Search everything", placeholder: "Search experiments, comments, tags, people", nothing: "Type to search. What you starred or looked at last will be listed here." },
  commands: { label: "Find a command", placeholder: "Find a command or an experiment", nothing: "No command fits. Escape closes this." },
};
const WAIT_MS = 120, MOST = 40;
const dialog = document.querySelector("[data-finder]");
const input = dialog?.querySelector("[role=combobox]");
const list = dialog?.querySelector("[role=listbox]");
const note = dialog?.querySelector("[data-finder-note]");
let mode = "search", active = -1, asked = 0, timer = null, known = null;

const options = () => [...list.querySelectorAll("[role=option]")];

function choose(number) {
  active = number;
  options().forEach((option, i) => {
    option.id = `finder-option-${i}`;
    option.setAttribute("aria-selected", String(i === number));
    if (i === number) option.scrollIntoView({ block: "nearest" });
  });
  if (number < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", `finder-option-${number}`);
}

function shown() {
  const found = options().length;
  list.hidden = !found;
  input.setAttribute("aria-expanded", String(found > 0));
  note.textContent = found ? "" : MODES[mode].nothing;
  dialog.querySelector("[data-finder-told]").textContent = found ? `${found} found` : MODES[mode].nothing;
  choose(found ? 0 : -1);
}

function element(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function optionOf({ title, hint, key, url, run }) {
  const option = element("div", "", "");
  option.setAttribute("role", "option");
  if (url) option.dataset.href = url;
  option.run = run;
  option.append(element("span", "finder-title", title));
  if (hint) option.append(element("small", "", hint));
  if (key) option.append(element("kbd", "", key));
  return option;
}

function groupOf([title, items]) {
  const group = element("div", "", ""), heading = element("div", "finder-group", title);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  heading.setAttribute("aria-hidden", "true");
  group.append(heading, ...items.map(optionOf));
  return group;
}

// What can be clicked on this page says so by data-command; links that every page has stand in [data-commands].
function ofThisPage() {
  const there = (one) => !one.disabled && (one.closest("[data-commands]") || !one.closest("[hidden]"));
  return [...document.querySelectorAll("[data-command]")].filter(there).map((one) => ({
    group: one.closest("[data-commands]") ? "Pages" : "This page",
    title: one.dataset.command, key: one.dataset.key, run: () => one.click(),
  }));
}

async function atHand() {
  if (!known) {
    const answer = await fetch(dialog.dataset.commandsFrom, { headers: { Accept: "application/json" } });
    known = answer.ok && !answer.redirected ? (await answer.json()).commands : [];
  }
  return known;
}

function listCommands(typed, commands) {
  const groups = new Map();
  for (const item of fitting(typed, commands, ({ title }) => title).slice(0, MOST)) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  list.replaceChildren(...[...groups].map(groupOf));
  shown();
}

async function showCommands(typed, turn) {
  listCommands(typed, ofThisPage());
  const more = await atHand();
  if (turn === asked) listCommands(typed, [...ofThisPage(), ...more]);
}

async function showSearch(typed, turn) {
  if (!typed.trim()) {
    const starred = (await atHand()).filter(({ group }) => ["Recent", "Starred"].includes(group));
    if (turn === asked) listCommands("", starred);
    return;
  }
  const answer = await fetch(`${dialog.dataset.offersFrom}?q=${encodeURIComponent(typed)}`);
  if (turn !== asked || !answer.ok || answer.redirected) return;
  list.innerHTML = await answer.text(); // made and escaped by our own template
  if (turn === asked) shown();
}

function refresh() {
  const turn = (asked += 1), show = mode === "search" ? showSearch : showCommands;
  show(input.value, turn).catch(() => { note.textContent = "The search did not answer. Try again."; });
}

export function open(wanted) {
  if (!dialog || document.querySelector(".modal.show")) return;
  const { label, placeholder } = MODES[(mode = wanted)];
  dialog.querySelector("[data-finder-label]").textContent = label;
  input.placeholder = placeholder;
  input.value = "";
  if (!dialog.open) dialog.showModal();
  input.focus();
  refresh();
}

function take(option) {
  if (!option) return;
  dialog.close();
  if (option.dataset.href) location.assign(option.dataset.href);
  else option.run?.();
}

// Enter before the answer is there opens the page of results.
function enter() {
  if (active >= 0) take(options()[active]);
  else if (mode === "search" && input.value.trim()) location.assign(`${dialog.dataset.searchAt}?q=${encodeURIComponent(input.value)}`);
}

function onKey(event) {
  if (event.isComposing) return;
  const last = options().length - 1;
  const to = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1, PageDown: Math.min(active + 8, last), PageUp: Math.max(active - 8, 0) }[event.key];
  if (event.key === "Enter") enter();
  else if (to !== undefined && last >= 0) choose(to);
  else return;
  event.preventDefault();
}

function start() {
  input.addEventListener("input", () => {
    asked += 1; // what is on its way was asked for another text
    if (mode === "search") choose(-1); // Enter would open what was found for another text
    clearTimeout(timer);
    timer = setTimeout(refresh, mode === "search" ? WAIT_MS : 0);
  });
  input.addEventListener("keydown", onKey);
  list.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => { asked += 1; });
  document.addEventListener("star-changed", () => { known = null; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-find]");
    if (button) open(button.dataset.find);
  });
}

if (dialog) start();
