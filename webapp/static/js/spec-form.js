// The new-experiment page: form, layer table and YAML tell the same. htmx does the fetching; this keeps both sides in step.
const form = document.querySelector("#experiment-form");
const yaml = document.querySelector("#yaml");

// What is typed into the YAML fills the form by a request of its own; it is no change of the form's fields.
for (const kind of ["input", "change"]) yaml.parentElement.addEventListener(kind, (event) => event.stopPropagation());

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.target;
  if (target.id === "preview") takeYaml();
  else if (form.contains(target) && target.id !== "yaml-answer") document.body.dispatchEvent(new CustomEvent("spec-changed"));
});

// The next page draws at once when the browser has compiled Plotly before, what a first chart needs included; there is time for that
// while a form is filled in.
setTimeout(async () => {
  const { plotly } = await import("./plotly.js"), Plotly = await plotly;
  requestIdleCallback(() => Plotly.newPlot(document.createElement("div"), [{ y: [1, 2] }]));
}, 500);

function takeYaml() {
  const source = document.querySelector("#yaml-source");
  if (source && document.activeElement !== yaml && yaml.value !== source.value) yaml.value = source.value;
}
