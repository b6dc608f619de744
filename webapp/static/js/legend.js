// The legend above a chart: a button for each curve, or group of curves, with its newest value or its value under the cross-hair.
import { metric } from "./format.js";
import { swatch } from "./palette.js";

export class Legend {
  constructor(list, onToggle) {
    this.list = list;
    this.items = new Map();
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) onToggle(button.dataset.id);
    });
  }

  update(series, hidden) {
    const groups = new Map(series.map((one) => [one.group ?? one.id, one]));
    const wanted = [...groups].map(([id, { label, colour, dash, sign }]) => `${id} ${label} ${colour} ${dash} ${sign}`).join("\n");
    if (wanted !== this.wanted) {
      this.wanted = wanted;
      this.items.clear();
      this.list.replaceChildren(...[...groups].map(([id, one]) => this.item(id, one, groups.size > 1)));
    }
    for (const [id, { button }] of this.items) button.setAttribute("aria-pressed", String(!hidden.has(id)));
  }

  item(id, series, several) {
    const entry = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.className = "legend-item";
    button.dataset.id = id;
    const label = document.createElement("span"), value = document.createElement("b");
    label.textContent = series.groupLabel ?? series.label;
    button.append(swatch(series, several), label, value);
    entry.append(button);
    this.items.set(id, { button, value });
    return entry;
  }

  // The curves that are shown, with their values, to be read aloud.
  words() {
    const shown = [...this.items.values()].filter(({ button }) => button.getAttribute("aria-pressed") === "true");
    return shown.map(({ button, value }) => `${button.querySelector("span").textContent} ${value.textContent}`);
  }

  // [[series, value]]; a group shows the mean of its curves.
  values(shown) {
    const groups = new Map();
    for (const [{ id, group = id, key }, value] of shown) {
      if (value !== undefined) groups.set(group, { key, values: [...(groups.get(group)?.values ?? []), value] });
    }
    for (const [id, { value: element }] of this.items) {
      const found = groups.get(id);
      const text = found ? metric(found.key, found.values.reduce((sum, value) => sum + value, 0) / found.values.length) : "";
      if (element.textContent !== text) element.textContent = text;
    }
  }
}
