// A sentence above the foot of the page, with buttons and links if need be: one at a time, for a while or until it is closed.
const SHOWN_MS = 8_000;

export function toast(...parts) {
  const box = made("status", parts);
  setTimeout(() => box.remove(), SHOWN_MS);
  return box;
}

// What somebody has to read.
export function warning(...parts) {
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn-close", ariaLabel: "Close" });
  const box = made("alert", [...parts, close]);
  close.addEventListener("click", () => box.remove());
  return box;
}

function made(role, parts) {
  const box = document.createElement("div");
  box.className = "toast-box";
  box.setAttribute("role", role);
  box.append(...parts);
  document.querySelectorAll(".toast-box").forEach((other) => other.remove());
  document.body.append(box);
  return box;
}
