// Plotly comes as a script of its own; this waits for it.
export const plotly = new Promise((resolve) => {
  if (globalThis.Plotly) return resolve(globalThis.Plotly);
  document.querySelector("script[data-plotly]").addEventListener("load", () => resolve(globalThis.Plotly));
});
