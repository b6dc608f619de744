// The strip of pinned charts: a chart that is pinned stands there, in the layout's order, and goes home when it is unpinned.
const keyOf = ({ dataset: { prefix, keys } }) => prefix || keys.split(",")[0];
const titleOf = (figure) => figure.querySelector("[data-chart-title]").textContent;

export class Pins {
  constructor(strip, layouts) {
    this.strip = strip;
    this.grid = strip.querySelector("[data-pinned-charts]");
    this.layouts = layouts;
    this.homes = new Map();
    layouts.addEventListener("changed", () => this.show());
    document.addEventListener("click", (event) => this.pressed(event));
  }

  // A chart that can be pinned. Its place is kept by an empty comment while it is in the strip.
  add(figure) {
    const home = document.createComment("");
    figure.before(home);
    this.homes.set(figure, home);
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => { this.due = false; this.show(); });
  }

  pressed(event) {
    const button = event.target.closest("[data-pin], [data-pin-move]"), figure = button?.closest("[data-chart]");
    if (!this.homes.has(figure)) return;
    const key = keyOf(figure), { pins } = this.layouts;
    if ("pin" in button.dataset) this.layouts.change({ pins: pins.includes(key) ? pins.filter((other) => other !== key) : [...pins, key] });
    else this.layouts.change({ pins: this.moved(key, Number(button.dataset.pinMove)) });
    (button.hidden || button.disabled ? figure.querySelector("[data-pin]") : button).focus({ preventScroll: true });
  }

  // Past the next chart that is on this page: others of the layout may be of charts that this page does not have.
  moved(key, by) {
    const pins = [...this.layouts.pins], shown = this.pinned.map(keyOf);
    const other = shown[shown.indexOf(key) + by];
    if (other === undefined) return pins;
    pins.splice(pins.indexOf(key), 1);
    pins.splice(pins.indexOf(other) + (by > 0 ? 1 : 0), 0, key);
    return pins;
  }

  get pinned() {
    const found = new Map([...this.homes.keys()].map((figure) => [keyOf(figure), figure]));
    return this.layouts.pins.map((key) => found.get(key)).filter(Boolean);
  }

  show() {
    const { pinned } = this;
    for (const figure of [...this.grid.children]) if (!pinned.includes(figure)) this.homes.get(figure).after(figure);
    pinned.forEach((figure, place) => {
      if (this.grid.children[place] !== figure) this.grid.insertBefore(figure, this.grid.children[place] ?? null);
    });
    for (const figure of this.homes.keys()) this.showButtons(figure, pinned);
    this.strip.hidden = !pinned.length;
    this.strip.querySelector("[data-pinned-count]").textContent = pinned.length;
    if (this.homes.size) document.documentElement.dataset.arranged = "";
  }

  showButtons(figure, pinned) {
    const place = pinned.indexOf(figure), title = titleOf(figure);
    const pin = figure.querySelector("[data-pin]");
    pin.hidden = false;
    pin.setAttribute("aria-pressed", String(place >= 0));
    pin.title = place >= 0 ? "Unpin" : "Pin: it stands first on every experiment";
    pin.setAttribute("aria-label", `Pin ${title}`);
    for (const move of figure.querySelectorAll("[data-pin-move]")) {
      const earlier = move.dataset.pinMove === "-1";
      move.hidden = place < 0 || pinned.length < 2;
      move.disabled = place === (earlier ? 0 : pinned.length - 1);
      move.setAttribute("aria-label", `Move ${title} ${earlier ? "earlier" : "later"}`);
    }
  }
}
