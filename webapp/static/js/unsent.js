// What somebody writes in a form for a comment: it waits while it is on its way, is sent by Ctrl-Enter, and is not left unasked.
export function keepUnsent(pane) {
  const formOf = ({ target }) => pane.contains(target) && target.closest("form");
  pane.addEventListener("htmx:beforeRequest", (event) => hold(event, true));
  pane.addEventListener("htmx:afterRequest", (event) => hold(event, false));
  pane.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !formOf(event)) return;
    event.preventDefault();
    formOf(event).requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if ([...pane.querySelectorAll("textarea")].some(isUnsent)) event.preventDefault();
  });
}

// The empty form that comes back would take with it what was typed meanwhile.
function hold({ target }, isHeld) {
  if (target.matches("form")) for (const text of target.querySelectorAll("textarea")) text.readOnly = isHeld;
}

const isUnsent = ({ value, defaultValue, ariaInvalid }) => value.trim() && (value !== defaultValue || ariaInvalid === "true");
