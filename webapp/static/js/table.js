// <form data-bulk>: ticked rows, "tick all", their count, and buttons that need data-bulk-min of them.
const ROWS = 'input[name="ids"], input[name="pick"]';

function refresh(form) {
  const boxes = [...form.querySelectorAll(ROWS)];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  let most = Infinity;
  for (const button of form.querySelectorAll("[data-bulk-min]")) {
    const { bulkMin, bulkMax = Infinity } = button.dataset;
    button.disabled = ticked < Number(bulkMin) || ticked > Number(bulkMax);
    if (ticked > Number(bulkMax)) most = Number(bulkMax);
  }
  const count = form.querySelector("[data-bulk-count]");
  if (!count) return;
  count.dataset.none ??= count.textContent;
  count.textContent = ticked ? `${ticked} ticked${ticked > most ? `; at most ${most} can be compared at once` : ""}` : count.dataset.none;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) {
    for (const box of form.querySelectorAll(ROWS)) box.checked = event.target.checked;
  }
  refresh(form);
});

const refreshAll = () => document.querySelectorAll("form[data-bulk]").forEach(refresh);
refreshAll();
addEventListener("pageshow", refreshAll);
document.addEventListener("htmx:afterSettle", refreshAll);
