// A dialog whose form came back with a mistake is open, on the page that it belongs to.
const wrong = document.querySelector("[data-open-at]");
if (wrong) {
  history.replaceState(null, "", wrong.dataset.openAt);
  wrong.addEventListener("shown.bs.modal", () => wrong.querySelector("[aria-invalid]:not([type=hidden])")?.focus(), { once: true });
  bootstrap.Modal.getOrCreateInstance(wrong).show();
}

// Buttons with data-confirm="..." ask first, in a modal; so does hx-confirm. Other submits cannot be sent twice by a double click.
const modalElement = document.querySelector("#confirm-modal");
const yes = modalElement?.querySelector("[data-confirm-yes]");

// The dialog opens and closes without a transition: Bootstrap ignores hide() in the middle of one, and a quick "yes" would be lost.
function ask(question, label, dangerous) {
  return new Promise((resolve) => {
    const modal = bootstrap.Modal.getOrCreateInstance(modalElement);
    modalElement.querySelector("#confirm-text").textContent = question;
    yes.textContent = label;
    yes.className = `btn ${dangerous ? "btn-danger" : "btn-primary"}`;
    const agree = () => { resolve(true); modal.hide(); };
    yes.addEventListener("click", agree, { once: true });
    modalElement.addEventListener("shown.bs.modal", () => yes.focus(), { once: true });
    modalElement.addEventListener("hidden.bs.modal", () => {
      yes.removeEventListener("click", agree);
      resolve(false);
    }, { once: true });
    modal.show();
  });
}

const isDangerous = (element) => /danger/.test(element.className);

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  const question = button?.dataset.confirm ?? form.dataset.confirm;
  if (question && form.dataset.confirmed !== "yes") {
    event.preventDefault();
    event.stopPropagation();
    const label = button?.dataset.confirmLabel ?? button?.textContent.trim() ?? "Yes";
    if (!(await ask(question, label, isDangerous(button ?? form)))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
    delete form.dataset.confirmed;
    return;
  }
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sending === "yes") event.preventDefault();
  form.dataset.sending = "yes";
  setTimeout(() => { delete form.dataset.sending; }, 3000);
}, true);

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending]")) delete form.dataset.sending;
});

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const element = event.detail.elt;
  if (await ask(event.detail.question, element.textContent.trim() || "Yes", isDangerous(element))) event.detail.issueRequest(true);
});
