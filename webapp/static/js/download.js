// A chart as a file: a picture of what is seen, or every point of its curves as it was logged.
import { themeColours } from "./palette.js";
import { plotly } from "./plotly.js";

const SIZE = { width: 960, height: 540 };

const fileName = (chart, ending) => `${chart.name.replace(/[^\w.-]+/g, "-")}.${ending}`;

function save(href, name) {
  const link = Object.assign(document.createElement("a"), { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

export function saveText(text, name) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  save(href, `${name.replace(/[^\w.-]+/g, "-")}.csv`);
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

export async function savePicture(chart, format) {
  const Plotly = await plotly, colours = themeColours(), { data, layout } = chart.canvas;
  const figure = {
    data,
    layout: {
      ...layout,
      autosize: false,
      paper_bgcolor: colours.card,
      plot_bgcolor: colours.card,
      title: { text: chart.figure.querySelector("[data-chart-title]").textContent, font: { size: 16 } },
      margin: { l: 70, r: 30, t: 50, b: 50 },
      showlegend: data.filter(({ showlegend }) => showlegend).length > 1,
      legend: { orientation: "h", y: -0.16 },
    },
  };
  save(await Plotly.toImage(figure, { ...SIZE, format, scale: format === "png" ? 2 : 1 }), fileName(chart, format));
}

const address = (trial, keys) => `/api/v1/trials/${trial}/curves?format=csv&keys=${keys.map(encodeURIComponent).join()}`;

// Of one trial the server's own file; those of several are put together here, with the trial in front.
export async function saveCsv(chart) {
  const series = chart.series(), keys = [...new Set(series.map(({ key }) => key))], trials = [...new Set(series.flatMap(({ ids }) => ids))];
  if (trials.length === 1) return save(address(trials[0], keys), fileName(chart, "csv"));
  const parts = ["trial,key,step,value,time\n"];
  for (const trial of trials) {
    const text = await (await fetch(address(trial, keys))).text();
    parts.push(text.slice(text.indexOf("\n") + 1).replace(/^(?=.)/gm, `${trial},`));
  }
  saveText(parts.join(""), chart.name);
}
