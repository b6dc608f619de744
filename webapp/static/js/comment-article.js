// A comment on the page: its article, by its number.
import { sayFar, sayRefused } from "./failures.js";
import { toast } from "./toast.js";

const SHOWN_MS = 3_000;

export const byId = (id) => document.getElementById(`comment-${id}`);
export const numberOf = ({ dataset }) => Number(dataset.thread ?? dataset.comment);
export const fragment = (html) => document.createRange().createContextualFragment(html);

// Among its like, by their numbers, which are in the order of time.
export function insert(box, made) {
  box.insertBefore(made, [...box.children].find((other) => numberOf(other) > numberOf(made)) ?? null);
  htmx.process(made);
}

// As it is now in the place of what it was, with the focus and the history that was opened.
export function exchange(there, made) {
  const focused = there.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const history = there.querySelector(".history");
  if (history) made.querySelector(".history-place")?.append(history);
  there.replaceWith(made);
  htmx.process(made);
  if (focused) (made.querySelector(`[data-focus="${focused}"]`) ?? made).focus({ preventScroll: true });
}

export function pointAt(there) {
  there.scrollIntoView({ block: "center" });
  there.focus({ preventScroll: true });
  there.classList.add("comment-shown");
  setTimeout(() => there.classList.remove("comment-shown"), SHOWN_MS);
}

// back(): it is there again.
export function offerUndo(id, back) {
  const undo = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-link", textContent: "Undo" });
  const told = toast("The comment is deleted.", undo);
  undo.addEventListener("click", async () => {
    const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
    const answer = await fetch(`/comments/${id}/undelete`, { method: "POST", headers }).catch(() => null);
    if (!answer) return sayFar();
    told.remove();
    return answer.ok ? back() : sayRefused(answer);
  });
}
