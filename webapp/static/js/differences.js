// [data-differences]: the table of specs. Equal rows are shown when asked for; a value that differs from the baseline's, or without a
// baseline from what most have, is marked by a sign, a word for those who listen, and a colour.
import { said, say } from "./address.js";

export class Differences {
  constructor(root) {
    this.table = root.querySelector("table");
    const box = root.querySelector("[data-equal-toggle]");
    const showEqual = () => { for (const row of root.querySelectorAll("[data-equal]")) row.hidden = !box.checked; };
    if (box && said("equal")) box.checked = true;
    if (box?.checked) showEqual();
    box?.addEventListener("change", () => { showEqual(); say({ equal: box.checked ? "1" : "" }); });
    document.addEventListener("baseline-changed", () => this.mark());
    this.mark();
  }

  mark() {
    if (!this.table) return;
    const baseline = new URLSearchParams(location.search).get("baseline");
    const column = [...this.table.tHead.rows[0].cells].findIndex(({ dataset }) => baseline && dataset.experiment === baseline);
    for (const row of this.table.tBodies[0].rows) {
      const usual = column > 0 ? row.cells[column].dataset.said : row.dataset.usual;
      for (const cell of [...row.cells].slice(1)) this.markOne(cell, cell.dataset.said !== usual);
    }
  }

  markOne(cell, differs) {
    cell.classList.toggle("differs", differs);
    const heard = cell.querySelector("[data-heard]");
    heard.textContent = differs ? " (differs)" : "";
  }
}
