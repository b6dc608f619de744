// What keys do on a chart, said aloud in [data-chart-said]: the point that the cross is on, or the window, when the keys rest.
const REST_MS = 250;
const place = document.querySelector("[data-chart-said]");
let timer = null;

function say(words) {
  clearTimeout(timer);
  timer = setTimeout(() => { place.textContent = words(); }, REST_MS);
}

export const sayPoint = (chart) => say(() => [chart.at.textContent, ...chart.legend.words()].join(", "));
export const sayWindow = ({ board, scale }, said) => say(() => (board.settings.range ? `${scale.title} ${board.settings.range.map(said).join(" to ")}` : "All of it"));
