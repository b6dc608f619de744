// The legend above a chart: a button for each curve with its newest value, or with its value under the cross-hair.
import { metric } from "./format.js";
import { swatch } from "./palette.js";

export class Legend {
  constructor(list, onToggle) {
    this.list = list;
    this.items = new Map();
    this.hidden = new Set();
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const { id } = button.dataset;
      if (!this.hidden.delete(id)) this.hidden.add(id);
      button.setAttribute("aria-pressed", String(!this.hidden.has(id)));
      onToggle();
    });
  }

  update(series) {
    const wanted = series.map(({ id }) => id).join("\n");
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.items.clear();
    this.list.replaceChildren(...series.map((one) => this.item(one)));
  }

  item(series) {
    const entry = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.className = "legend-item";
    button.dataset.id = series.id;
    button.setAttribute("aria-pressed", String(!this.hidden.has(series.id)));
    const label = document.createElement("span"), value = document.createElement("b");
    label.textContent = series.label;
    button.append(swatch(series), label, value);
    entry.append(button);
    this.items.set(series.id, value);
    return entry;
  }

  values(shown) {
    for (const [id, key, value] of shown) {
      const element = this.items.get(id);
      const text = value === undefined ? "" : metric(key, value);
      if (element && element.textContent !== text) element.textContent = text;
    }
  }
}
