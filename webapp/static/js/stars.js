// <button data-star="12" aria-pressed>: stars an experiment, or takes the star away; all its stars on the page follow.
const csrf = () => document.querySelector("[name=csrf-token]").content;

function show(id, starred) {
  for (const button of document.querySelectorAll(`[data-star="${id}"]`)) {
    button.setAttribute("aria-pressed", String(starred));
    if (button.dataset.command) button.dataset.command = starred ? "Take the star from this experiment" : "Star this experiment";
  }
}

async function toggle(id, starred) {
  show(id, starred);
  const answer = await fetch(`/api/v1/experiments/${id}/star`, { method: starred ? "PUT" : "DELETE", headers: { "X-CSRFToken": csrf() } });
  if (!answer.ok) throw new Error(String(answer.status));
  document.dispatchEvent(new CustomEvent("star-changed", { detail: { id, starred } }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-star]");
  if (!button) return;
  const { star } = button.dataset, wanted = button.getAttribute("aria-pressed") !== "true";
  toggle(star, wanted).catch(() => show(star, !wanted)); // it was not kept
});
