// Plotly is large. Its basic bundle, which draws lines, is preloaded by the page, and runs only after the modules have, so that the
// stream is open by then. Heat maps are in the cartesian one, which is fetched when there are some to draw.
const { href, dataset } = document.querySelector("link[data-plotly]");

function bundle(src) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src, async: true });
    script.addEventListener("load", () => resolve(globalThis.Plotly));
    script.addEventListener("error", () => reject(new Error("Plotly could not be loaded.")));
    document.head.append(script);
  });
}

export const plotly = bundle(href);

let whole = null;
export function plotlyWithHeatMaps() {
  whole ??= bundle(dataset.plotly);
  return whole;
}
