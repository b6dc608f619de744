// A chart for every curve that has none: in groups by the first word of their keys, which fold. A folded group has no charts yet.
export class MoreCharts {
  // add(figure): takes a new chart up.
  constructor(root, add) {
    this.root = root;
    this.add = add;
    this.groups = new Map(); // name -> {details, keys, built}
    this.chart = document.querySelector("#chart-template").content.firstElementChild;
    this.group = document.querySelector("#group-template").content.firstElementChild;
  }

  show(keys) {
    const before = new Set([...this.groups.values()].flatMap((group) => group.keys));
    for (const key of keys) if (!before.has(key)) this.groupOf(key).keys.push(key);
    for (const group of this.groups.values()) this.refresh(group);
  }

  groupOf(key) {
    const name = key.includes("/") ? key.slice(0, key.indexOf("/")) : "other";
    if (!this.groups.has(name)) {
      const details = this.group.cloneNode(true), group = { details, keys: [], built: 0 };
      details.querySelector("[data-group-title]").textContent = name;
      details.addEventListener("toggle", () => this.refresh(group));
      this.groups.set(name, group);
      this.root.append(details);
    }
    return this.groups.get(name);
  }

  refresh(group) {
    const { details, keys } = group;
    details.querySelector("[data-group-count]").textContent = keys.length;
    if (!details.open || group.built === keys.length) return;
    const figures = keys.slice(group.built).map((key) => this.figure(key));
    group.built = keys.length;
    details.querySelector("[data-group-charts]").append(...figures);
    figures.forEach((figure) => this.add(figure));
  }

  figure(key) {
    const figure = this.chart.cloneNode(true);
    Object.assign(figure.dataset, { chart: key, chartKey: key, keys: key });
    figure.querySelector("[data-chart-title]").textContent = key;
    const plot = figure.querySelector("[data-plot]");
    plot.setAttribute("aria-label", `Chart ${key}${plot.getAttribute("aria-label").slice("Chart ".length)}`);
    figure.querySelector("[data-canvas]").setAttribute("aria-label", `${key}: no points yet`);
    figure.querySelector("[data-as-table]").setAttribute("aria-label", `Show the chart ${key} as a table`);
    figure.querySelector("[data-chart-menu]").setAttribute("aria-label", `More for the chart ${key}`);
    return figure;
  }

  // The group of a curve, unfolded.
  open(key) {
    const group = [...this.groups.values()].find(({ keys }) => keys.includes(key));
    if (!group) return;
    group.details.open = true;
    this.refresh(group);
  }

  // Shows the charts whose title or keys have all the words; returns how many these are.
  find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (name) => words.every((word) => name.toLowerCase().includes(word));
    for (const { details, keys } of this.groups.values()) if (words.length && keys.some(has)) details.open = true;
    for (const group of this.groups.values()) this.refresh(group);
    let found = 0;
    for (const figure of document.querySelectorAll("[data-chart]")) {
      const { keys, prefix } = figure.dataset;
      figure.hidden = !has(`${figure.querySelector("[data-chart-title]").textContent} ${keys} ${prefix}`);
      if (!figure.hidden) found += 1;
    }
    for (const { details } of this.groups.values()) details.hidden = !details.querySelector("[data-chart]:not([hidden])") && words.length > 0;
    return found;
  }
}
