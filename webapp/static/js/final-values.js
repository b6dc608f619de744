// <div data-values>: a table of final values. The best of each column is marked, rows sort by pressing a heading, one row may be
// the baseline (?baseline= in the address), and the whole is copied as CSV or Markdown.
import { said, say } from "./address.js";
import { copy, sayOn } from "./copy.js";
import { difference, duration, metric, number, percentChange, signed } from "./format.js";

export class FinalValues {
  constructor(root) {
    this.root = root;
    this.table = root.querySelector("table");
    this.columns = [...this.table.tHead.rows[0].cells];
    root.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button?.matches("[data-sort]")) this.sort(button.closest("th"));
      else if (button?.matches("[data-baseline]")) this.chooseBaseline(button.dataset.baseline);
      else if (button?.matches("[data-copy-values]")) this.copy(button);
    });
    this.refresh();
    const wanted = said("sort"), head = this.columns.find((one) => columnName(one) === wanted.replace(/^-/, ""));
    if (head) this.order(head, !wanted.startsWith("-"));
  }

  get rows() { return [...this.table.tBodies[0].rows]; }

  get baseline() { return this.rows.find(({ dataset }) => dataset.row === new URLSearchParams(location.search).get("baseline")); }

  refresh() {
    const { baseline } = this;
    for (const button of this.table.querySelectorAll("[data-baseline]")) button.setAttribute("aria-pressed", String(button.closest("tr") === baseline));
    for (const row of this.rows) row.classList.toggle("baseline", row === baseline);
    this.columns.forEach(({ dataset }, place) => {
      const cells = this.rows.map((row) => row.cells[place]), values = cells.map(valueOf).filter(Number.isFinite).map(rounded);
      if (!place || !values.length) return;
      const best = dataset.better === "lower" ? Math.min(...values) : Math.max(...values);
      for (const cell of cells) {
        cell.classList.toggle("best", Boolean(dataset.better) && new Set(values).size > 1 && rounded(valueOf(cell)) === best);
        showDelta(cell, dataset, baseline && cell.parentElement !== baseline ? valueOf(baseline.cells[place]) : NaN);
      }
    });
  }

  chooseBaseline(row) {
    const address = new URL(location);
    if (address.searchParams.get("baseline") === row) address.searchParams.delete("baseline");
    else address.searchParams.set("baseline", row);
    history.replaceState(null, "", address.href.replaceAll("%2C", ","));
    this.refresh();
    document.dispatchEvent(new Event("baseline-changed"));
  }

  // Numbers fall at the first press, words rise.
  sort(head) {
    const before = head.getAttribute("aria-sort"), rising = before ? before === "descending" : !this.isNumeric(head) || head.dataset.better === "lower";
    this.order(head, rising);
    say({ sort: `${rising ? "" : "-"}${columnName(head)}` });
  }

  isNumeric({ cellIndex }) { return this.rows.some((row) => row.cells[cellIndex].dataset.value); }

  // What is not known comes last.
  order(head, rising) {
    const place = head.cellIndex, numeric = this.isNumeric(head);
    for (const other of this.columns) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const order = (a, b) => (numeric ? valueOf(a) - valueOf(b) : a.textContent.localeCompare(b.textContent, undefined, { numeric: true }));
    const known = (row) => !numeric || Number.isFinite(valueOf(row.cells[place]));
    const sorted = this.rows.filter(known).sort((a, b) => (rising ? 1 : -1) * order(a.cells[place], b.cells[place]));
    this.table.tBodies[0].append(...sorted, ...this.rows.filter((row) => !known(row)));
  }

  async copy(button) {
    await copy(button.dataset.copyValues === "csv" ? this.csv() : this.markdown());
    sayOn(button, "Copied");
  }

  // Numbers in full, without units.
  csv() {
    const lines = this.lines((cell, dataset) => (dataset.better || cell.dataset.value ? [cell.dataset.value ?? ""] : [textOf(cell)]), (cell) => [cell.dataset.delta ?? "", cell.dataset.change ?? ""]);
    return lines.map((line) => line.map(quoted).join(",")).join("\n") + "\n";
  }

  markdown() {
    const lines = this.lines((cell) => [textOf(cell)], (cell) => [cell.querySelector("[data-words]")?.textContent ?? ""], [" (Δ)"]);
    const written = lines.map((line) => `| ${line.map((word) => word.replaceAll("|", "\\|")).join(" | ")} |`);
    const marks = this.columns.flatMap((head, place) => (head.hidden ? [] : Array(this.withDelta(place) ? 2 : 1).fill(place ? "---:" : "---")));
    const rule = `| ${marks.join(" | ")} |`;
    return [written[0], rule, ...written.slice(1)].join("\n") + "\n";
  }

  withDelta(place) { return place > 0 && this.baseline && this.isNumeric(this.columns[place]); }

  // The heading and all rows as lists of words, of the columns that are shown; those of differences stand behind their own while there
  // is a baseline.
  lines(words, deltas, names = [" (difference)", " (change in %)"]) {
    const head = this.columns.flatMap((cell, place) => {
      if (cell.hidden) return [];
      const name = cell.querySelector("[data-sort]").textContent;
      return this.withDelta(place) ? [name, ...names.map((more) => name + more)] : [name];
    });
    const rows = [...this.rows, ...(this.table.tFoot?.rows ?? [])].map((row) => [...row.cells].flatMap((cell, place) => {
      if (this.columns[place].hidden) return [];
      const own = place ? words(cell, this.columns[place].dataset) : [nameOf(row)];
      return this.withDelta(place) ? [...own, ...deltas(cell)] : own;
    }));
    return [head, ...rows];
  }
}

const valueOf = ({ dataset }) => (dataset.value === undefined ? NaN : Number(dataset.value));
// A mean of equal numbers may differ from them in its last digit.
const rounded = (value) => Number(value.toPrecision(12));
// What a column is called in addresses, e.g. validation/loss.best.
export const columnName = (head) => (head.dataset.metric ? `${head.dataset.metric}.${head.dataset.which}` : head.querySelector("[data-sort]").textContent);
const textOf = (cell) => (cell.querySelector("[data-shown]") ?? cell).textContent.trim();
const nameOf = (row) => row.querySelector("[data-name]").textContent;
const quoted = (word) => (/[",\n]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);

// What a cell shows: its number, and how much several trials differ in it.
export function showValue(cell, name, value, deviation) {
  cell.dataset.value = value;
  const shown = cell.querySelector("[data-shown]");
  shown.textContent = metric(name, value);
  delete cell.dataset.deviation;
  if (!Number.isFinite(deviation)) return;
  cell.dataset.deviation = deviation;
  shown.append(" ", Object.assign(document.createElement("span"), { className: "deviation", textContent: `± ${name.endsWith("accuracy") ? `${number(100 * deviation, 2)}%` : number(deviation, 2)}` }));
}

// The difference from the baseline: by an arrow, a sign, a colour, and a word for those who listen.
function showDelta(cell, { metric: name = "", better, unit }, from) {
  cell.querySelector(".delta")?.remove();
  delete cell.dataset.delta;
  delete cell.dataset.change;
  const delta = valueOf(cell) - from;
  if (!Number.isFinite(delta)) return;
  cell.dataset.delta = delta;
  if (from) cell.dataset.change = (100 * delta) / Math.abs(from);
  const kind = !better || delta === 0 ? "" : delta > 0 === (better === "higher") ? "better" : "worse";
  const arrow = delta === 0 ? "=" : delta > 0 ? "▲" : "▼";
  const shown = Object.assign(document.createElement("small"), { className: `delta ${kind && `delta-${kind}`}` });
  shown.append(`${arrow} `, element("words", deltaInWords(name, unit, cell.dataset)), element("heard", ` ${kind}`));
  shown.lastChild.className = "visually-hidden";
  cell.append(shown);
}

function deltaInWords(name, unit, { delta, change }) {
  if (Number(delta) === 0) return "the same";
  return [unit === "s" ? signed(Number(delta), duration(Math.abs(delta))) : difference(name, Number(delta)), ...(change ? [percentChange(Number(change))] : [])].join(", ");
}

function element(mark, textContent) {
  const made = Object.assign(document.createElement("span"), { textContent });
  made.dataset[mark] = "";
  return made;
}
