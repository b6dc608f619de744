// [data-search-box]: what can be written next, as a list under the box. Arrows choose, Tab or Enter take, Escape closes.
const box = document.querySelector("[data-search-box]");
const input = box?.querySelector("[role=combobox]");
const list = box?.querySelector("[role=listbox]");
const told = box?.querySelector("[data-search-told]");
const WAIT_MS = 90;
let offers = null, active = -1, timer = null, asked = 0;

function close() {
  clearTimeout(timer);
  asked += 1; // an answer that is on its way comes too late
  offers = null;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(number) {
  active = number;
  list.querySelectorAll("li").forEach((item, i) => {
    item.setAttribute("aria-selected", String(i === number));
    if (i === number) item.scrollIntoView({ block: "nearest" });
  });
  if (number < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", `search-offer-${number}`);
}

function option({ text, detail }, number) {
  const item = document.createElement("li"), name = document.createElement("code"), about = document.createElement("span");
  item.id = `search-offer-${number}`;
  item.setAttribute("role", "option");
  name.textContent = text;
  about.textContent = detail;
  item.append(name, about);
  return item;
}

function show(found) {
  if (!found.items.length || document.activeElement !== input) return close();
  offers = found;
  list.replaceChildren(...found.items.map(option));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  told.textContent = `${found.items.length} can be written here; the down arrow goes to them.`;
  choose(-1);
}

async function ask() {
  const mine = (asked += 1), caret = input.selectionStart;
  const answer = await fetch(`${box.dataset.completions}?text=${encodeURIComponent(input.value)}&caret=${caret}`, { headers: { Accept: "application/json" } });
  if (mine === asked && answer.ok && !answer.redirected) show(await answer.json());
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => ask().catch(close), WAIT_MS);
}

function take(number) {
  const { start, end, items } = offers, { text } = items[number];
  const rest = input.value.slice(end), space = rest.startsWith(" ") || rest.startsWith(")") ? "" : " ";
  input.value = `${input.value.slice(0, start)}${text}${space}${rest}`;
  const caret = start + text.length + 1;
  input.setSelectionRange(caret, caret);
  close();
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true })); // the table follows, and the next offers come
}

function onKey(event) {
  if (event.isComposing) return;
  if (!offers) {
    if (event.key === "ArrowDown") askSoon();
    return;
  }
  const last = offers.items.length - 1;
  if (event.key === "ArrowDown") choose(active === last ? 0 : active + 1);
  else if (event.key === "ArrowUp") choose(active <= 0 ? last : active - 1);
  else if (event.key === "Escape") close();
  else if (event.key === "Tab" && !event.shiftKey && (active >= 0 || offers.end > offers.start)) take(Math.max(active, 0));
  else if (event.key === "Enter" && active >= 0) take(active);
  else {
    if (event.key === "Enter") close();
    return;
  }
  event.preventDefault();
}

function start() {
  input.addEventListener("input", askSoon);
  input.addEventListener("click", askSoon);
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) take([...list.children].indexOf(item));
  });
  box.querySelector("[data-search-help]").addEventListener("click", () => document.querySelector("#search-help").showModal());
  document.addEventListener("htmx:afterSettle", () => {
    input.setAttribute("aria-invalid", String(Boolean(document.querySelector("#search-problem p"))));
  });
  const columns = document.querySelector("#columns-choice"), isFilter = (event) => event.target.matches("[data-columns-filter]");
  columns?.addEventListener("change", (event) => isFilter(event) && event.stopPropagation()); // it is no part of the search
  columns?.addEventListener("input", (event) => {
    if (!isFilter(event)) return;
    const wanted = event.target.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("[data-column]")) row.hidden = !row.dataset.column.includes(wanted);
  });
}

if (input) start();
