// Buttons with data-confirm ask first; the question stands in the attribute.
let waiting = null;

export function confirmForms() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    waiting = button;
    document.getElementById("confirm-title").textContent = button.dataset.confirm;
    window.bootstrap.Modal.getOrCreateInstance("#confirm").show();
  });
  document.querySelector("[data-confirm-yes]")?.addEventListener("click", () => {
    waiting.dataset.confirmed = "yes";
    waiting.form.requestSubmit(waiting);
    window.bootstrap.Modal.getInstance("#confirm").hide();
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (window.confirm(event.detail.question)) event.detail.issueRequest(true);
  });
}
