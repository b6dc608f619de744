// [data-as-table] in a <figure> shows what is drawn there as a table. What draws the figure says how: the table is made when it is asked for.
const makers = new WeakMap();

// make(): {title, caption, columns, summary, rows, save}, as table-dialog.js wants it.
export function offerTable(figure, make) { makers.set(figure, make); }

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-as-table]"), make = makers.get(button?.closest("figure"));
  if (!make) return;
  const { openTable } = await import("./table-dialog.js");
  openTable(make());
});
