// [data-columns]: boxes that show and hide the columns of a table; each names its place.
export function bindColumns(root, table) {
  root?.addEventListener("change", ({ target }) => {
    const place = Number(target.dataset.column);
    for (const row of table.rows) row.cells[place].hidden = !target.checked;
  });
}
