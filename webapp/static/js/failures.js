// What htmx asked for and did not get is said, in the server's own sentence where it sent one; the page, and what somebody wrote on
// it, stay as they are. An element with data-quiet asks by itself, and does so again.
import { sayLoggedOut } from "./logged-out.js";
import { warning } from "./toast.js";

const FAR = "Descent could not be reached. Please look at your connection and try again.";
const OTHERWISE = "That did not work. Please try again in a minute.";

const isQuiet = ({ target }) => target.matches?.("[data-quiet]");

function said({ response }) {
  const page = new DOMParser().parseFromString(response ?? "", "text/html");
  return page.querySelector("[data-sentence]")?.textContent;
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (isQuiet(event)) return;
  if (xhr.status === 401) sayLoggedOut();
  else warning(said(xhr) ?? OTHERWISE);
});
for (const kind of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, (event) => isQuiet(event) || sayFar());

export function sayFar() {
  warning(FAR);
}

// Of what was not asked for by htmx.
export async function sayRefused(answer) {
  warning(said({ response: await answer.text() }) ?? OTHERWISE);
}
