// The upload of a log or a data set: of a log's folder only the event files are sent, with their paths, and how far it is is seen.
const form = document.querySelector("form[data-upload]");
const part = (name) => form.querySelector(`[data-upload="${name}"]`);
const meter = part("meter"), send = part("send");

function chosen() {
  const events = [...part("folder")?.files ?? []].filter(({ name }) => name.includes("tfevents"));
  return [...events, ...part("files").files];
}

function inWords(files) {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > Number(form.dataset.limit)) return `${mebibytes(bytes)} MiB is too much: at most ${mebibytes(Number(form.dataset.limit))} MiB can be sent.`;
  if (!files.length) return part("folder")?.files.length ? "There is no event file in this folder: none has “tfevents” in its name." : "";
  return `${files.length} ${files.length === 1 ? "file" : "files"}, ${mebibytes(bytes)} MiB.`;
}

function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 * 10 ? 1 : 0);
}

function show(share) {
  meter.hidden = share === null;
  send.disabled = share !== null;
  send.textContent = share === null ? "Upload" : share < 1 ? "Uploading …" : `Reading the ${form.dataset.upload} …`;
  meter.setAttribute("aria-valuenow", Math.round(100 * (share ?? 0)));
  meter.firstElementChild.style.width = `${100 * (share ?? 0)}%`;
}

function complain(alert) {
  part("problems").replaceChildren(alert);
  part("problems").scrollIntoView({ block: "center" });
}

function sentence(text) {
  return Object.assign(document.createElement("div"), { className: "alert alert-danger", role: "alert", textContent: text });
}

// The page that a program without this script would see: the experiment, or this form with what is wrong.
function answered({ target: request }) {
  if (request.status < 300 && !request.responseURL.endsWith(location.pathname)) {
    location.assign(request.responseURL);
    return;
  }
  show(null);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  complain(sentence(page.querySelector("main .alert, .error-page .text-secondary")?.textContent.trim() ?? "The upload failed. Please try again."));
}

const tell = () => { part("chosen").textContent = inWords(chosen()); };
form.addEventListener("change", tell);
tell(); // some are quicker than this script, or came back to a form that the browser remembered
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new FormData(form);
  body.delete("files");
  for (const file of chosen()) body.append("files", file, file.webkitRelativePath || file.name);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => show(loaded / total));
  request.addEventListener("load", answered);
  request.addEventListener("error", () => { show(null); complain(sentence("The connection broke. Please try again.")); });
  request.open("POST", form.action || location.href);
  show(0);
  request.send(body);
});
addEventListener("pageshow", () => show(null));
