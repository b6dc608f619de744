// Plotly is large: the page preloads it, and it runs only after the modules have, so that the stream is open by then.
export const plotly = new Promise((resolve, reject) => {
  const { href } = document.querySelector("link[data-plotly]");
  const script = Object.assign(document.createElement("script"), { src: href, async: true });
  script.addEventListener("load", () => resolve(globalThis.Plotly));
  script.addEventListener("error", () => reject(new Error("Plotly could not be loaded.")));
  document.head.append(script);
});
