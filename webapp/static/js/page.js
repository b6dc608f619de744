// What every page needs: theme, confirmations, times, copy buttons, and htmx's CSRF header.
import { confirmForms } from "./confirm.js";
import { humanise } from "./time.js";

const csrf = document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf;
});
document.addEventListener("htmx:afterSettle", (event) => {
  humanise(event.target);
  const source = document.querySelector("[data-yaml-for]");
  const target = source && document.getElementById(source.dataset.yamlFor);
  if (target && document.activeElement !== target) target.value = source.value;
  if (event.detail.elt?.closest?.("#spec-fields, .spec-part")) document.body.dispatchEvent(new Event("spec-changed"));
});

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-theme-toggle]");
  if (toggle) {
    const root = document.documentElement;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    localStorage.setItem("theme", theme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
});

async function copyText(button) {
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1500);
}

confirmForms();
humanise(document);
setInterval(() => humanise(document), 60_000);
