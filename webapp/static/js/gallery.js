// The most confident mistakes: tiles of one picture, or rows of a table where examples are no pictures.
import { number, percent } from "./format.js";

const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, ...(text !== undefined && { textContent: text }) });

export class Gallery {
  constructor(part, report) {
    Object.assign(this, { part, report });
    if (!report.worst.length) return;
    part("gallery").hidden = false;
    part("gallery-title").textContent = report.task === "regression" ? "The largest errors" : `The most confident mistakes (${report.confidence})`;
    part("pair").append(new Option("All of them", ""), ...this.pairs());
    part("pair").hidden = part("pair").length < 3;
    part("pair").addEventListener("change", () => this.show());
    this.show();
  }

  // What a mistake is a case of: a pair of classes, a label or a target.
  keyOf({ said, truly, label, target }) {
    if (target !== undefined) return `${target}`;
    return label === undefined ? `${truly} ${said}` : `${label} ${said}`;
  }

  nameOf({ said, truly, label, target }) {
    const { classes, targets } = this.report;
    if (target !== undefined) return targets[target];
    return label === undefined ? `is ${classes[truly]}, said ${classes[said]}` : `${said ? "wrongly said" : "missed"} ${classes[label]}`;
  }

  pairs() {
    const found = new Map();
    for (const mistake of this.report.worst) {
      const key = this.keyOf(mistake), { name = this.nameOf(mistake), count = 0 } = found.get(key) ?? {};
      found.set(key, { name, count: count + 1 });
    }
    return [...found].map(([key, { name, count }]) => new Option(`${name} (${count})`, key));
  }

  // A cell of the confusion matrix was pressed.
  showPair(truly, said) {
    const select = this.part("pair"), key = `${truly} ${said}`, { classes, confusion, worst } = this.report;
    const found = [...select.options].some(({ value }) => value === key);
    select.value = found ? key : "";
    this.show();
    if (!found) {
      const count = confusion[truly][said];
      this.part("gallery-empty").textContent = count ? `${number(count)} of ${classes[truly]} said to be ${classes[said]}: none is among the ${worst.length} shown.` : `No ${classes[truly]} was said to be ${classes[said]}.`;
      this.part("gallery-empty").hidden = false;
    }
    this.part("gallery").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  show() {
    const wanted = this.part("pair").value;
    const chosen = this.report.worst.map((mistake, index) => ({ ...mistake, tile: index })).filter((mistake) => !wanted || this.keyOf(mistake) === wanted);
    this.part("gallery-empty").hidden = true;
    this.part("mistakes").replaceChildren(this.report.tiles && this.report.picture ? this.tiles(chosen) : this.rows(chosen));
  }

  confidence({ confidence }) {
    return this.report.confidence === "probability" ? percent1(confidence) : `margin ${number(confidence, 3)}`;
  }

  caption(mistake) {
    const { said, truly, label, wanted } = mistake, { classes } = this.report;
    if (wanted !== undefined) return `said ${number(said)}, is ${number(wanted)}`;
    if (label !== undefined) return `${said ? "said" : "missed"} ${classes[label]} (${this.confidence(mistake)})`;
    return `said ${classes[said]} (${this.confidence(mistake)}), is ${classes[truly]}`;
  }

  // Each tile is a stretch of the one picture, laid as a background, so that it scales with the page.
  tiles(chosen) {
    const { tiles, picture } = this.report, rows = Math.ceil(tiles.tiles / tiles.columns), list = element("ul", "mistakes");
    const place = (at, of) => `${of > 1 ? (100 * at) / (of - 1) : 0}%`;
    for (const mistake of chosen) {
      const item = element("li", ""), image = element("div", "mistake-tile"), caption = this.caption(mistake);
      image.setAttribute("role", "img");
      image.setAttribute("aria-label", `Example ${mistake.index} of the test part`);
      Object.assign(image.style, {
        aspectRatio: `${tiles.tile_width} / ${tiles.tile_height}`,
        backgroundImage: `url("${picture}")`,
        backgroundSize: `${100 * tiles.columns}% ${100 * rows}%`,
        backgroundPosition: `${place(mistake.tile % tiles.columns, tiles.columns)} ${place(Math.floor(mistake.tile / tiles.columns), rows)}`,
        imageRendering: Math.max(tiles.tile_width, tiles.tile_height) < 64 ? "pixelated" : "auto",
      });
      item.append(image, element("span", "", caption));
      list.append(item);
    }
    return list;
  }

  rows(chosen) {
    const { features = [], features_in_all: all } = this.report, numeric = this.report.task === "regression";
    const box = element("div", "table-responsive card errors-table"), table = element("table", "table table-sm mb-0 text-nowrap"), head = table.createTHead().insertRow();
    for (const name of ["Example", "What"]) head.append(Object.assign(element("th", "", name), { scope: "col" }));
    for (const name of [...(numeric ? ["Error"] : []), ...features]) head.append(Object.assign(element("th", "text-end", name), { scope: "col" }));
    const body = table.createTBody();
    for (const mistake of chosen) {
      const row = body.insertRow();
      row.append(element("td", "text-secondary", number(mistake.index)), element("td", "fw-medium", this.caption(mistake)));
      if (numeric) row.append(element("td", "text-end", number(mistake.error)));
      for (const value of mistake.row ?? []) row.append(element("td", "text-end", number(value)));
    }
    box.append(table);
    if (all > features.length) box.append(element("p", "small text-secondary px-3 mb-2", `The first ${features.length} of ${number(all)} numbers.`));
    return box;
  }
}

function percent1(value) {
  if (value === null) return "–";
  return value > 0.9995 ? "> 99.9%" : `${(100 * value).toFixed(1)}%`;
}
