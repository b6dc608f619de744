// Keys of the whole site. An element says by data-key="g h" which keys click it, within a row of a list by data-row-key="s"; here are
// only those that no element has. Nothing happens while somebody types, while a dialog is open, or where keys were turned off.
import { open } from "./finder.js";

const TYPED = "textarea, select, [contenteditable=''], [contenteditable='true'], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])";
const OPEN = "dialog[open], .modal.show, .dropdown-menu.show", OTHER_DIALOG = "dialog[open]:not([data-finder]), .modal.show";
const SEQUENCE_MS = 1200;
const help = document.querySelector("[data-keys-help]");
let begun = "", timer = null;

const own = {
  "/": () => open("search"),
  "?": showHelp,
  j: () => moveRow(1),
  k: () => moveRow(-1),
  "[": () => moveTab(-1),
  "]": () => moveTab(1),
};

function areOff() {
  try { return localStorage.getItem("keys") === "off"; } catch { return false; }
}

function turn(on) {
  try {
    if (on) localStorage.removeItem("keys");
    else localStorage.setItem("keys", "off");
  } catch { /* no storage: they stay on */ }
}

const isUsable = (element) => !element.disabled && (element.closest("[data-commands]") || !element.closest("[hidden]"));

function moveRow(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length);
  const here = rows.indexOf(document.activeElement?.closest("[data-row]"));
  const row = here < 0 ? rows.at(by > 0 ? 0 : -1) : rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
  row?.querySelector("a[href]")?.focus();
}

function moveTab(by) {
  const tabs = [...document.querySelectorAll('[role="tablist"] [role="tab"]')].filter((tab) => tab.getClientRects().length);
  const here = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  if (tabs.length) tabs[(here + by + tabs.length) % tabs.length].click();
}

function act(keys) {
  const row = document.activeElement?.closest("[data-row]");
  const inRow = row?.querySelector(`[data-row-key="${CSS.escape(keys)}"]`);
  const element = inRow ?? [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === keys && isUsable(one));
  if (!element && !own[keys]) return false;
  if (!element) own[keys]();
  else if (element.matches(TYPED)) element.focus();
  else element.click();
  return true;
}

const begins = (key) => [...document.querySelectorAll(`[data-key^="${CSS.escape(key)} "]`)].length > 0;

// Of a keyboard with other letters, Cyrillic ones say, what stands in the same place on a Latin one.
function keyOf({ key, code, shiftKey }) {
  if (key.length !== 1 || key.charCodeAt(0) < 128) return key;
  if (code === "Slash") return shiftKey ? "?" : "/";
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? key;
  return shiftKey ? letter : letter.toLowerCase();
}

function onKey(event) {
  const key = keyOf(event);
  if (event.defaultPrevented || event.isComposing || event.repeat && !"jk".includes(key)) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === "k") {
    event.preventDefault();
    if (!document.querySelector(OTHER_DIALOG)) open("commands");
    return;
  }
  const isTyping = event.target.closest?.(TYPED) || event.ctrlKey || event.metaKey || event.altKey;
  if (isTyping || key.length !== 1 || areOff() || document.querySelector(OPEN)) return;
  const keys = begun ? `${begun} ${key}` : key;
  clearTimeout(timer);
  begun = "";
  if (act(keys)) event.preventDefault();
  else if (begins(keys)) {
    begun = keys;
    timer = setTimeout(() => { begun = ""; }, SEQUENCE_MS);
  }
}

function lineOf([keys, words]) {
  const line = document.createElement("tr"), name = document.createElement("th"), about = document.createElement("td");
  name.scope = "row";
  name.append(...keys.split(" ").flatMap((key) => [Object.assign(document.createElement("kbd"), { textContent: key }), " "]));
  about.textContent = words;
  line.append(name, about);
  return line;
}

function showHelp() {
  const ofPage = new Map();
  for (const one of document.querySelectorAll("[data-key]")) {
    if (!one.closest("[data-commands]") && isUsable(one)) ofPage.set(one.dataset.key, one.dataset.command ?? one.getAttribute("aria-label") ?? one.textContent.trim());
  }
  const everywhere = [...document.querySelectorAll("[data-commands] [data-key]")].map((one) => [one.dataset.key, one.dataset.command]);
  help.querySelector("[data-keys-of=page]").replaceChildren(...[...ofPage].map(lineOf));
  help.querySelector("[data-keys-title=page]").hidden = !ofPage.size;
  help.querySelector("[data-keys-of=everywhere]").replaceChildren(...everywhere.map(lineOf));
  help.querySelector("[data-keys-on]").checked = !areOff();
  help.showModal();
}

if (help) {
  document.addEventListener("keydown", onKey);
  help.querySelector("[data-keys-on]").addEventListener("change", (event) => turn(event.target.checked));
  help.addEventListener("click", (event) => event.target === help && help.close());
  document.addEventListener("click", (event) => event.target.closest("[data-keys-open]") && showHelp());
}
