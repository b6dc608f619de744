// A person's layouts: pinned charts, sizes, and how charts are drawn. One of them is in use in this tab; every change goes to
// the server, one after the other, and is seen at once.
import { LayoutMenu } from "./layout-menu.js";
import { Pins } from "./pins.js";
import { fill } from "./toolbar-fields.js";

const FIRST = { name: "My layout", pins: [], toolbar: {}, columns: 0, height: "normal", default: true };

// known: the layouts of this person. keepsToolbar: whether the page itself remembers how its charts are drawn.
// Called before the page reads its toolbar; `filled` says whether the layout in use has something to say of it.
export function bindLayouts(known, toolbar, keepsToolbar) {
  const layouts = new Layouts(known);
  const pins = new Pins(document.querySelector("[data-pinned]"), layouts);
  new LayoutMenu(document.querySelector("[data-layouts]"), layouts, toolbar);
  const said = [...new URLSearchParams(location.search).keys()].some((name) => toolbar.elements.namedItem(name));
  const filled = layouts.hasToolbar && !said && !(keepsToolbar && layouts.wasInUse);
  if (filled) fill(toolbar, layouts.current.toolbar);
  return { pins, filled };
}

export class Layouts extends EventTarget {
  constructor(known) {
    super();
    this.known = known;
    this.sent = Promise.resolve();
    this.current = this.find(remembered());
    this.wasInUse = Boolean(this.current);
    this.use(this.current ?? this.fallback);
  }

  find(id) { return this.known.find((layout) => layout.id === id); }

  get fallback() { return this.known.find((layout) => layout.default) ?? this.known[0] ?? null; }

  get pins() { return this.current?.pins ?? []; }

  use(layout) {
    this.current = layout;
    if (layout?.id) remember(layout.id);
    this.tell("changed");
  }

  get hasToolbar() { return Object.keys(this.current?.toolbar ?? {}).length > 0; }

  choose(layout) {
    this.use(layout);
    if (this.hasToolbar) this.tell("toolbar");
  }

  tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }

  // Another value for some fields of the layout in use, seen at once; without one, the first is made.
  change(fields) {
    const layout = this.current ?? { ...FIRST };
    Object.assign(layout, fields);
    if (!this.known.includes(layout)) this.known.push(layout);
    this.use(layout);
    return this.inTurn(() => (layout.id ? send("PATCH", `/${layout.id}`, fields) : this.make(layout))).catch((error) => this.startOver(error));
  }

  async make(layout) {
    layout.id = (await send("POST", "", layout)).id;
    remember(layout.id);
  }

  // The next three throw an Error with the server's sentence.
  async create(fields) {
    const layout = await this.inTurn(() => send("POST", "", fields));
    this.known.push(layout);
    if (layout.default) this.onlyDefault(layout);
    this.use(layout);
  }

  async rename(name) {
    const layout = this.current;
    Object.assign(layout, { name: (await this.inTurn(() => send("PATCH", `/${layout.id}`, { name }))).name });
    this.tell("changed");
  }

  async remove() {
    const gone = this.current;
    await this.inTurn(() => send("DELETE", `/${gone.id}`));
    this.known = this.known.filter((layout) => layout !== gone);
    if (gone.default && this.known.length) this.onlyDefault(this.known[0]);
    this.choose(this.fallback);
    return gone;
  }

  makeDefault() {
    this.onlyDefault(this.current);
    return this.change({ default: true });
  }

  onlyDefault(layout) { for (const other of this.known) other.default = other === layout; }

  inTurn(request) {
    const answered = this.sent.then(request);
    this.sent = answered.catch(() => {});
    return answered;
  }

  // What the server has is what counts.
  async startOver(error) {
    const { layouts } = await send("GET", "").catch(() => ({ layouts: this.known }));
    const { id } = this.current;
    this.known = layouts;
    this.use(this.find(id) ?? this.fallback);
    this.tell("problem", error.message);
  }
}

async function send(method, path, body) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content };
  const answer = await fetch(`/api/v1/layouts${path}`, { method, headers, body: body && JSON.stringify(body), keepalive: true }).catch(() => null);
  if (!answer) throw new Error("The layout could not be saved: the server cannot be reached.");
  const said = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.errors?.[0]?.detail ?? said.detail ?? `The layout could not be saved (${answer.status}).`);
  return said;
}

function remembered() {
  try { return Number(sessionStorage.getItem("layout")); } catch { return 0; }
}

function remember(id) {
  try { sessionStorage.setItem("layout", id); } catch { /* no storage: pages open with the default */ }
}
