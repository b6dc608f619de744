import { listen } from "./channel.js";
import { GONE } from "./live.js";

// Also when nothing more comes of its trials.
export function leaveWhenGone({ experiment, news }) {
  listen(`experiment:${experiment}`, { gone: () => showGone(GONE) }, news);
}

// What is left of a page whose experiment was deleted, or is no longer shared with whoever looks at it: a sentence and a way on.
export function showGone(sentence) {
  const template = document.querySelector("#gone-template");
  const left = template.content.cloneNode(true);
  left.querySelector("[data-gone]").textContent = sentence;
  document.querySelectorAll(".modal.show").forEach((modal) => bootstrap.Modal.getInstance(modal)?.hide());
  const main = document.querySelector("main");
  main.replaceChildren(left);
  document.title = "No longer to be seen · Descent";
  main.focus();
}
