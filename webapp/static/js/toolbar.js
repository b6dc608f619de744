// <form data-toolbar>: smoothing, axes, trials, search, the way back from a zoom, and the page's address.

export function readToolbar({ elements }) {
  const { smoothing, x, logx, logy, outliers, trials } = elements;
  return { smoothing: Number(smoothing.value), x: x.value, logx: logx.checked, logy: logy.checked, outliers: outliers.checked, trials: trials?.value };
}

export function fillToolbar(form, settings) {
  const { smoothing, x, logx, logy, outliers, trials } = form.elements;
  if (Number.isFinite(settings.smoothing)) smoothing.value = settings.smoothing;
  for (const [select, value] of [[x, settings.x], [trials, settings.trials]]) {
    if (select && [...select.options].some((option) => option.value === value)) select.value = value;
  }
  for (const [box, wanted] of [[logx, settings.logx], [logy, settings.logy], [outliers, settings.outliers]]) box.checked = Boolean(wanted);
  showSmoothing(form);
}

const showSmoothing = (form) => { form.querySelector("[data-smoothing-shown]").textContent = form.elements.smoothing.value; };

// changed(settings, whether by the slider), find(words), reset(), link(): what the buttons do.
export function bindToolbar(form, { changed, find, reset, link }) {
  const button = form.querySelector("[data-reset-zoom]"), hint = form.querySelector("[data-live-hint]");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === form.elements.find) return find(target.value);
    showSmoothing(form);
    changed(readToolbar(form), target === form.elements.smoothing);
  });
  button.addEventListener("click", reset);
  form.querySelector("[data-copy-link]").addEventListener("click", link);
  return {
    zoomed(range) { button.disabled = !range; },
    hint(text) { hint.hidden = !text; hint.textContent = text ?? ""; },
  };
}
