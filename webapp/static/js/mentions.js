// [data-mentions=address] is a text in which @ begins a person's name: who can be meant is listed below it. Arrows choose, Enter or
// Tab take, Escape closes.
const BEGUN = /(^|[^\w@/.-])@([\w.-]{0,40})$/;
const WAIT_MS = 90;
let box = null, list = null, people = [], active = 0, timer = null, asked = 0;

export function bindMentions(root) {
  root.addEventListener("input", ({ target }) => target.dataset?.mentions && askSoon(target));
  root.addEventListener("keydown", onKey, true);
  for (const moved of ["keyup", "click"]) root.addEventListener(moved, ({ target }) => target === box && begun(box) === undefined && close());
  root.addEventListener("focusout", ({ target }) => target === box && setTimeout(close, 150));
}

const begun = (text) => BEGUN.exec(text.value.slice(0, text.selectionStart))?.[2];

function askSoon(text) {
  clearTimeout(timer);
  if (begun(text) === undefined) return close();
  timer = setTimeout(() => ask(text).catch(close), WAIT_MS);
}

async function ask(text) {
  const mine = (asked += 1);
  const answer = await fetch(`${text.dataset.mentions}?q=${encodeURIComponent(begun(text))}`, { headers: { Accept: "application/json" } });
  if (mine !== asked || !answer.ok || answer.redirected) return;
  const found = (await answer.json()).people;
  if (found.length && document.activeElement === text) show(text, found);
  else close();
}

function show(text, found) {
  close();
  [box, people, active] = [text, found, 0];
  list = document.createElement("ul");
  list.className = "mention-list";
  list.id = `${text.id}-people`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People to mention");
  list.append(...found.map(option));
  text.after(list);
  for (const [name, value] of [["aria-controls", list.id], ["aria-autocomplete", "list"]]) text.setAttribute(name, value);
  choose(0);
}

function option({ username, name }, number) {
  const item = document.createElement("li"), handle = document.createElement("code");
  item.id = `mention-${number}`;
  item.setAttribute("role", "option");
  handle.textContent = `@${username}`;
  item.append(handle, ` ${name === username ? "" : name}`);
  item.addEventListener("mousedown", (event) => { event.preventDefault(); take(number); });
  return item;
}

function choose(number) {
  active = (number + people.length) % people.length;
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
  box.setAttribute("aria-activedescendant", `mention-${active}`);
}

function take(number) {
  const text = box, end = text.selectionStart, start = end - begun(text).length;
  text.setRangeText(`${people[number].username} `, start, end, "end");
  close();
  text.focus();
}

function onKey(event) {
  if (!list || event.target !== box) return;
  const act = { ArrowDown: () => choose(active + 1), ArrowUp: () => choose(active - 1), Enter: () => take(active), Tab: () => take(active), Escape: close }[event.key];
  if (begun(box) === undefined) return close();
  if (!act || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function close() {
  clearTimeout(timer);
  asked += 1;
  list?.remove();
  for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) box?.removeAttribute(name);
  list = box = null;
}
