// The table behind a drawing of experiments: a row for each that is shown, with a link, its values on the chosen axes in columns.
import { shown } from "./facts.js";

export function drawFacts(table, experiments, axes, places) {
  const head = document.createElement("thead"), titles = head.insertRow(), body = document.createElement("tbody");
  for (const title of ["Experiment", ...axes.map((axis) => axis.title)]) titles.append(Object.assign(document.createElement("th"), { scope: "col", textContent: title }));
  for (const place of places) {
    const row = body.insertRow(), name = Object.assign(document.createElement("th"), { scope: "row", className: "fw-normal" });
    name.append(Object.assign(document.createElement("a"), { href: experiments[place].url, textContent: experiments[place].title }));
    row.append(name);
    for (const axis of axes) row.insertCell().textContent = shown(axis, axis.values[place]);
  }
  table.replaceChildren(head, body);
}
