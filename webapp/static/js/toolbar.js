// <form data-toolbar>: smoothing, axes, and the way back from a zoom.
export function readToolbar(form) {
  const { smoothing, x, logx, logy } = form.elements;
  form.querySelector("[data-smoothing-shown]").textContent = smoothing.value;
  return { smoothing: Number(smoothing.value), x: x.value, logx: logx.checked, logy: logy.checked };
}

export function fillToolbar(form, settings) {
  const { smoothing, x, logx, logy } = form.elements;
  if (Number.isFinite(settings.smoothing)) smoothing.value = settings.smoothing;
  if ([...x.options].some((option) => option.value === settings.x)) x.value = settings.x;
  logx.checked = Boolean(settings.logx);
  logy.checked = Boolean(settings.logy);
}

export function bindToolbar(form, board, changed) {
  const reset = form.querySelector("[data-reset-zoom]");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const settings = readToolbar(form);
    const other = settings.x !== board.settings.x || settings.logx !== board.settings.logx;
    if (other && board.settings.range) board.zoom(null);
    board.set(settings);
    changed(settings);
  });
  reset.addEventListener("click", () => board.zoom(null));
  return { zoomed: (range) => { reset.disabled = !range; }, hint: (text) => showHint(form, text) };
}

function showHint(form, text) {
  const hint = form.querySelector("[data-live-hint]");
  hint.hidden = !text;
  hint.textContent = text ?? "";
}
