// A report on the test part, drawn: summary, chart, table, and the gallery of the worst mistakes.
import { offerTable } from "./as-table.js";
import { drawConfusion, drawScatter } from "./error-charts.js";
import { number, percent } from "./format.js";
import { Gallery } from "./gallery.js";
import { tableOfConfusion, tableOfPairs, wordsOfConfusion, wordsOfPairs } from "./plain-tables.js";
import { drawTable } from "./sorted-table.js";

const RATE = { classification: "Accuracy", multilabel: "Accuracy", regression: "R²" };

// Returns what draws the chart again, for another theme.
export function drawReport(root, report) {
  const part = (name) => root.querySelector(`[data-errors="${name}"]`);
  part("summary").textContent = summary(report);
  const gallery = new Gallery(part, report);
  const redraw = report.task === "regression" ? numbers(part, report) : classes(part, report, gallery);
  redraw();
  return redraw;
}

function summary({ task, metrics, examples, mistakes, step }) {
  const first = metrics[task === "regression" ? "test/r2" : "test/accuracy"];
  const words = [`${RATE[task]} ${task === "regression" ? number(first) : percent(first)} on ${number(examples)} examples of the test part, after step ${number(step)}.`];
  if (mistakes !== undefined) words.push(task === "multilabel" ? `${number(mistakes)} labels wrong.` : `${number(mistakes)} wrong.`);
  const averaged = metrics[task === "regression" ? "test_averaged/r2" : "test_averaged/accuracy"];
  if (averaged !== undefined) words.push(`The average of the weights: ${task === "regression" ? number(averaged) : percent(averaged)}.`);
  return words.join(" ");
}

function classes(part, report, gallery) {
  const what = report.task === "multilabel" ? "Label" : "Class";
  drawTable(part("table"), {
    columns: [[what, "name"], ["Precision", "precision", percent], ["Recall", "recall", percent], ["F1", "f1", percent], ["Examples", "support", number]],
    rows: report.per_class,
    by: "f1",
  });
  part("table-note").textContent = "Precision: how much of what was said is so. Recall: how much of what is so was said. 0/0 counts as 0.";
  if (!report.confusion) {
    if (report.task === "classification") part("table-note").textContent += " There are too many classes for a confusion matrix.";
    return () => {};
  }
  part("chart").hidden = false;
  part("chart-title").textContent = "Confusion matrix";
  part("chart-help").textContent = "Rows: what it is. Columns: what was said. Press a cell to see its mistakes.";
  part("plot").setAttribute("aria-label", wordsOfConfusion(report));
  offerTable(part("chart"), () => tableOfConfusion(report));
  return () => drawConfusion(part("plot"), report, (truly, said) => gallery.showPair(truly, said));
}

function numbers(part, report) {
  drawTable(part("table"), {
    columns: [["Target", "name"], ["R²", "r2", number], ["Mean absolute error", "mae", number]],
    rows: report.per_target,
    by: "r2",
  });
  part("table-note").textContent = "R²: 1 is perfect; always saying the mean gives 0. Errors are in the data's own units.";
  part("chart").hidden = false;
  part("chart-title").textContent = "Said against wanted";
  const shown = report.pairs[0].wanted.length;
  part("chart-help").textContent = `${shown < report.examples ? `${number(shown)} of ${number(report.examples)} examples` : "All examples"}; on the line what was said is right.`;
  const target = part("target");
  report.targets.forEach((name, index) => target.add(new Option(name, index)));
  target.hidden = report.targets.length < 2;
  const redraw = () => {
    part("plot").setAttribute("aria-label", wordsOfPairs(report, Number(target.value)));
    return drawScatter(part("plot"), report, Number(target.value));
  };
  offerTable(part("chart"), () => tableOfPairs(report, Number(target.value)));
  target.addEventListener("change", redraw);
  return redraw;
}
