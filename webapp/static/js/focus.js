// The focus stays with the person: a fragment that is swapped by htmx must not throw it to the top of the page, and what scrolls can
// be reached by keyboard.
const CAN = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
const SCROLLERS = ".table-responsive, pre, .columns-groups, .log";
let held = null;

const focusable = (root) => [...root.querySelectorAll(CAN)].filter((element) => !element.disabled && element.offsetParent);
const signature = ({ tagName, name, title, textContent }) => [tagName, name, title, tagName === "BUTTON" ? textContent.trim() : ""].join("\n");

// Of the element that has the focus and goes away: what it looks like, where it stands, and the nearest box around it with an id; one
// with data-focus-to="edit" leaves the focus to what has data-focus="edit".
function remember(target) {
  const element = document.activeElement, root = target?.parentElement;
  if (!root || !target.contains(element) || element.matches("body, main")) return null;
  const like = signature(element), all = focusable(root);
  return { element, root, like, to: element.dataset.focusTo, place: all.indexOf(element), box: element.parentElement.closest("[id]")?.id };
}

function giveBack({ root, like, to, place, box }) {
  const now = focusable(root), alike = now.filter((element) => (to ? element.dataset.focus === to : signature(element) === like));
  const nearest = alike.sort((a, b) => Math.abs(now.indexOf(a) - place) - Math.abs(now.indexOf(b) - place))[0];
  const around = box && document.getElementById(box);
  const found = nearest ?? (around && root !== around && root.contains(around) && focusable(around)[0]) ?? null;
  (found || now[Math.min(Math.max(place, 0), now.length - 1)] || document.querySelector("#main")).focus({ preventScroll: true });
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => { held = remember(detail.target) ?? held; });
document.addEventListener("htmx:afterSettle", () => {
  if (held && !held.element.isConnected && document.activeElement === document.body) giveBack(held);
  held = null;
  reachScrollers();
});

// A menu that closes and a dialog that ends leave the focus where they were opened.
const lostOrWithin = (box) => document.activeElement === document.body || box?.contains(document.activeElement);
document.addEventListener("hide.bs.dropdown", ({ target }) => {
  if (target.parentElement.querySelector(".dropdown-menu")?.contains(document.activeElement)) target.focus({ preventScroll: true });
});
document.addEventListener("show.bs.modal", ({ target, relatedTarget }) => {
  const from = relatedTarget ?? document.activeElement;
  const back = () => {
    const seen = from.offsetParent ? from : from.closest(".dropdown, .btn-group")?.querySelector("[data-bs-toggle=dropdown]");
    if (lostOrWithin(target)) seen?.focus({ preventScroll: true });
  };
  target.addEventListener("hidden.bs.modal", back, { once: true });
});

// A box that scrolls and has nothing in it to go to is gone to itself; it is named after the heading above it.
export function reachScrollers(root = document) {
  for (const box of root.querySelectorAll(SCROLLERS)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    const needed = scrolls && !focusable(box).length;
    if (needed && !box.hasAttribute("tabindex")) Object.assign(box, { tabIndex: 0, role: "group", ariaLabel: nameOf(box) }).dataset.reached = "";
    else if (!needed && "reached" in box.dataset) {
      for (const name of ["tabindex", "role", "aria-label", "data-reached"]) box.removeAttribute(name);
    }
  }
}

function nameOf(box) {
  const caption = box.querySelector("caption")?.textContent.trim();
  const above = [...document.querySelectorAll("h1, h2, h3, h4")].filter((heading) => heading.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING);
  return caption || above.at(-1)?.textContent.trim() || "What scrolls here";
}

let waiting = null;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(reachScrollers, 200);
});
document.addEventListener("shown", () => reachScrollers());
addEventListener("load", () => setTimeout(reachScrollers));
