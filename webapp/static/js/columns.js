// [data-columns]: boxes that show and hide the columns of a table; each names its place. The address says which are shown where these
// are not the usual ones.
import { said, say } from "./address.js";
import { columnName } from "./final-values.js";

export function bindColumns(root, table) {
  if (!root) return;
  const heads = table.tHead.rows[0].cells, boxes = [...root.querySelectorAll("[data-column]")];
  const nameOf = ({ dataset }) => columnName(heads[Number(dataset.column)]);
  const shown = () => boxes.filter(({ checked }) => checked).map(nameOf).join(",") || "none";
  const usual = shown(), wanted = said("columns");
  if (wanted) for (const box of boxes) {
    box.checked = wanted.split(",").includes(nameOf(box));
    apply(box);
  }
  root.addEventListener("change", ({ target }) => {
    if (!boxes.includes(target)) return;
    apply(target);
    say({ columns: shown() === usual ? "" : shown() });
  });

  function apply({ dataset, checked }) {
    for (const row of table.rows) row.cells[Number(dataset.column)].hidden = !checked;
  }
}
