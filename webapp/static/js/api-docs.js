// The page of the API: each operation's form becomes a request, shown as curl and as Python, and is sent when asked.
import { curlOf, pythonOf } from "./api-snippets.js";

const SHOWN = 100_000;
const HEADERS = /^(content-type|location|link|etag|ratelimit-|retry-after|idempotency-|www-authenticate)/;
const TEXT = /^text\/|json/;
const page = document.querySelector("[data-api-docs]");
const token = page.querySelector("[data-token]");

// What an operation's form says: method, address, headers and body.
function requestOf(card) {
  const { method, path } = card.dataset;
  const values = [...card.querySelectorAll("[data-in]")];
  const of = (place) => values.filter((field) => field.dataset.in === place && field.value !== "");
  let address = path;
  for (const field of values.filter((one) => one.dataset.in === "path")) address = address.replace(`{${field.name}}`, encodeURIComponent(field.value));
  const query = new URLSearchParams(of("query").map((field) => [field.name, field.value])).toString();
  const headers = Object.fromEntries(of("header").map((field) => [field.name, field.value]));
  const body = card.querySelector("[data-body]")?.value;
  const form = values.some((field) => field.dataset.in === "form") ? of("form") : null;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return { method, address: address + (query && `?${query}`), headers, body, form };
}

function write(card) {
  const made = requestOf(card);
  card.querySelector("[data-curl]").textContent = curlOf(made, location.origin);
  card.querySelector("[data-python]").textContent = pythonOf(made, location.origin);
}

// With the pasted token and no cookie, else as the person whose browser this is.
function sent({ method, address, headers, body, form }) {
  const pasted = token.value.trim();
  const who = pasted ? { Authorization: `Bearer ${pasted}` } : { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
  return fetch(address, {
    method,
    headers: { ...headers, ...who },
    credentials: pasted ? "omit" : "same-origin",
    body: form ? filled(form) : body,
    cache: "no-store",
  });
}

function filled(fields) {
  const data = new FormData();
  for (const field of fields) {
    if (field.type === "file") for (const file of field.files) data.append(field.name, file);
    else data.append(field.name, field.value);
  }
  return data;
}

async function send(card) {
  const said = card.querySelector("[data-said]");
  const empty = [...card.querySelectorAll("[data-in=path]")].find((field) => field.value === "");
  if (empty) { // another address than this one's would be asked
    said.textContent = `Not sent: please fill in ${empty.name}, which is part of the address.`;
    empty.focus();
    return;
  }
  if (/[^!-~]/.test(token.value.trim())) {
    said.textContent = "Not sent: a token holds letters, digits and plain signs only; look at what you pasted.";
    token.focus();
    return;
  }
  said.textContent = "Sending …";
  const began = performance.now();
  try {
    const answer = await sent(requestOf(card));
    const kind = answer.headers.get("content-type") ?? "";
    const content = kind.includes("event-stream") ? null : await answer.blob();
    const text = content ? await shown(content, kind) : await firstOf(answer);
    said.textContent = `${answer.status} ${answer.statusText} in ${Math.round(performance.now() - began)} ms`;
    show(card, answer, text);
    offer(card.querySelector("[data-answer-file]"), answer, content);
  } catch (error) {
    said.textContent = `Nothing came back: ${error.message}`;
  }
}

function show(card, answer, text) {
  const head = [...answer.headers].filter(([name]) => HEADERS.test(name)).map(([name, value]) => `${name}: ${value}`);
  card.querySelector("[data-answer]").hidden = false;
  card.querySelector("[data-answer-head]").textContent = [`${answer.status} ${answer.statusText}`, ...head].join("\n");
  card.querySelector("[data-answer-body]").textContent = text || "(no body)";
}

// What is sent as a file can be saved as one; of each operation the last.
function offer(link, answer, content) {
  const [, name] = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition")) ?? [];
  URL.revokeObjectURL(link.href);
  link.hidden = !name;
  if (name) Object.assign(link, { href: URL.createObjectURL(content), download: name, textContent: `Save ${name}` });
}

async function shown(content, kind) {
  if (content.size && !TEXT.test(kind)) return `${content.size.toLocaleString("en")} bytes of ${kind}, which are no text.`;
  let words = await content.text();
  if (kind.includes("json")) words = JSON.stringify(JSON.parse(words), null, 2);
  return words.length > SHOWN ? `${words.slice(0, SHOWN)}\n… ${(words.length - SHOWN).toLocaleString("en")} more characters` : words;
}

// A stream does not end: what comes first is shown, and then it is left.
async function firstOf(answer) {
  const reader = answer.body.getReader();
  const { value } = await reader.read();
  reader.cancel();
  return `${new TextDecoder().decode(value)}… it goes on; only its beginning is shown here.`;
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const group of page.querySelectorAll("[data-group]")) {
    let seen = false;
    for (const card of group.querySelectorAll("[data-operation]")) {
      const has = card.querySelector("summary").textContent.toLowerCase();
      card.hidden = !words.every((word) => has.includes(word));
      seen ||= !card.hidden;
    }
    group.hidden = !seen;
    any ||= seen;
  }
  page.querySelector("[data-nothing]").hidden = any;
}

for (const card of page.querySelectorAll("[data-operation]")) {
  card.addEventListener("toggle", () => write(card));
  card.addEventListener("input", () => write(card));
  card.querySelector("[data-try]").addEventListener("submit", (event) => {
    event.preventDefault();
    send(card);
  });
}
const words = page.querySelector("[data-filter]");
words.addEventListener("input", () => filter(words.value));
filter(words.value); // what was typed before this was here, or what the browser remembered

function open() {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted?.matches("[data-operation]")) wanted.open = true;
}
addEventListener("hashchange", open);
open();
