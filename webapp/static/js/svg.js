// Elements of drawings: svg("path", { d, class: "line" }, ...children).
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A colour between two that people with any colour vision tell apart, on light and on dark: 0 the lowest, 1 the highest.
export function shade(share) {
  return share === null ? "var(--bs-secondary-color)" : `color-mix(in oklab, var(--d-highest) ${(100 * share).toFixed(1)}%, var(--d-lowest))`;
}
