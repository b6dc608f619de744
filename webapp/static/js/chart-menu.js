// The menu of each chart (⋯): one list of buttons, which moves to the chart whose menu is opened.
import { saveCsv, savePicture } from "./download.js";

export function bindChartMenu(menu, board, copyLink) {
  const full = menu.querySelector("[data-act=full]");
  full.hidden = !document.fullscreenEnabled;
  let chart = null, button = null;

  // Before Bootstrap hears of the click, for it looks for the menu beside the button.
  function comeTo(event) {
    const wanted = event.target.closest?.("[data-chart-menu]");
    if (!wanted) return;
    chart = board.charts.get(wanted.closest("[data-chart]"));
    if (wanted !== button) {
      if (button) bootstrap.Dropdown.getInstance(button)?.hide();
      button = wanted;
      button.after(menu);
    }
    full.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
    for (const [act, on] of [["logy", chart.log], ["outliers", chart.clip]]) menu.querySelector(`[data-act=${act}]`).setAttribute("aria-pressed", String(on));
  }

  const acts = {
    full: () => (document.fullscreenElement ? document.exitFullscreen() : chart.figure.requestFullscreen()),
    logy: () => chart.set({ logy: !chart.log }),
    outliers: () => chart.set({ outliers: !chart.clip }),
    png: () => savePicture(chart, "png"),
    svg: () => savePicture(chart, "svg"),
    csv: () => saveCsv(chart),
    comment: () => document.dispatchEvent(new CustomEvent("comment-here", { detail: { chart } })),
    link: copyLink,
  };
  for (const kind of ["click", "keydown"]) document.addEventListener(kind, comeTo, true);
  menu.addEventListener("click", (event) => {
    const item = event.target.closest("[data-act]");
    if (item) acts[item.dataset.act]();
  });
}
