// The dialog that shows a chart as a table: a summary above, then the points, which sort by their columns' names.
import { saveText } from "./download.js";
import { number } from "./format.js";

const MOST_ROWS = 500;
let dialog = null;

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// columns: [{title, shown(value)}], the first names the row; summary: rows of words, rows: rows of values. save(), unless given, writes
// these rows into a file.
export function openTable({ title, caption, columns, summary = [], rows, save = () => saveText(csvOf(columns, rows), title) }) {
  dialog ??= document.body.appendChild(element("dialog", { className: "chart-table", id: "chart-table" }));
  dialog.setAttribute("aria-labelledby", "chart-table-title");
  const table = element("table", { className: "table table-sm mb-0" });
  const scroller = element("div", { className: "chart-table-scroll", tabIndex: 0, role: "region", ariaLabel: `${title}, as a table` }, table);
  const file = element("button", { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: "Download CSV" });
  const close = element("button", { type: "button", className: "btn-close", ariaLabel: "Close the table" });
  file.addEventListener("click", save);
  close.addEventListener("click", () => dialog.close());
  const head = element("div", { className: "d-flex gap-2 align-items-center mb-2" }, element("h2", { className: "h5 mb-0 me-auto", id: "chart-table-title", textContent: title }), file, close);
  const chosen = thinned(rows), note = element("p", { id: "chart-table-note", className: "chart-table-note", textContent: `${caption} ${counted(chosen.length, rows.length)}.` });
  table.setAttribute("aria-describedby", note.id);
  dialog.replaceChildren(head, note, scroller);
  fill(table, { title, columns, summary, rows: chosen });
  dialog.showModal();
}

// At most so many, evenly; where all are few enough, all.
function thinned(rows) {
  if (rows.length <= MOST_ROWS) return rows;
  return Array.from({ length: MOST_ROWS }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (MOST_ROWS - 1))]);
}

const counted = (some, all) => (some < all ? `${number(some)} of ${number(all)} rows, evenly chosen` : `${number(all)} ${all === 1 ? "row" : "rows"}`);

function fill(table, { title, columns, summary, rows }) {
  const head = element("tr"), body = element("tbody"), above = element("tbody", { className: "chart-table-summary" }, ...summary.map((words) => line(words)));
  const draw = (sorted) => body.replaceChildren(...sorted.map((row) => line(row.map((value, i) => shown(columns[i], value)))));
  columns.forEach((column, place) => head.append(heading(column.title, place, (rising) => draw([...rows].sort((a, b) => (rising ? 1 : -1) * compare(a[place], b[place], rising))))));
  table.replaceChildren(element("caption", { className: "visually-hidden", textContent: title }), element("thead", {}, head), above, body);
  draw(rows);
}

function heading(title, place, sort) {
  const button = element("button", { type: "button", className: "sort-button", textContent: title }), cell = element("th", { scope: "col", className: place ? "text-end" : "" }, button);
  if (!place) cell.setAttribute("aria-sort", "ascending");
  button.addEventListener("click", () => {
    const rising = cell.getAttribute("aria-sort") !== "ascending";
    for (const other of cell.parentElement.cells) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
    sort(rising);
  });
  return cell;
}

const line = ([name, ...words]) => element("tr", {}, element("th", { scope: "row", textContent: name }), ...words.map((word) => element("td", { className: "text-end", textContent: word })));
const shown = ({ shown: write = String }, value) => (value === undefined || value === null ? "" : write(value));

// What is missing, or no number, comes last either way.
function compare(a, b, rising) {
  if (typeof a === "string") return a.localeCompare(b, undefined, { numeric: true });
  const known = (value) => (Number.isFinite(value) ? value : rising ? Infinity : -Infinity);
  return known(a) === known(b) ? 0 : known(a) - known(b);
}

const quoted = (word) => (/[",\n]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);
const csvOf = (columns, rows) => [columns.map(({ title }) => title), ...rows].map((row) => row.map((value) => quoted(String(value ?? ""))).join()).join("\n") + "\n";
