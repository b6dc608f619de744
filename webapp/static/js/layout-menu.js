// The menu of layouts: choose, save, rename, delete, make one the default; and how large charts are.
import { fill, valuesOf } from "./toolbar-fields.js";

const UNDO_MS = 10_000;

export class LayoutMenu {
  constructor(root, layouts, toolbar) {
    Object.assign(this, { root, layouts, toolbar });
    this.part = (name) => root.querySelector(`[data-layout="${name}"]`);
    layouts.addEventListener("changed", () => this.show());
    layouts.addEventListener("toolbar", () => this.fillToolbar());
    layouts.addEventListener("problem", ({ detail }) => this.say(detail));
    this.part("list").addEventListener("click", (event) => this.chosen(event));
    root.addEventListener("click", ({ target }) => this[target.closest("[data-layout-do]")?.dataset.layoutDo]?.());
    root.addEventListener("shown.bs.dropdown", () => root.querySelector(".layout-entry[aria-pressed=true]")?.scrollIntoView({ block: "nearest" }));
    root.addEventListener("change", ({ target }) => this.resized(target));
    this.part("cancel").addEventListener("click", () => this.part("dialog").close());
    this.part("form").addEventListener("submit", (event) => this.named(event));
    this.part("undo").addEventListener("click", () => this.undo());
    this.show();
  }

  show() {
    const { current, known } = this.layouts, { columns = 0, height = "normal" } = current ?? {};
    this.part("name").textContent = current ? `: ${current.name}` : "";
    this.part("none").hidden = known.length > 0;
    this.part("list").replaceChildren(...known.map((layout) => entry(layout, layout === current)));
    for (const item of this.root.querySelectorAll("[data-needs-layout]")) item.hidden = !current;
    this.root.querySelector("[data-layout-do=makeDefault]").hidden = !current || current.default;
    this.root.querySelector(`#layout-columns-${columns}`).checked = true;
    this.root.querySelector(`#layout-height-${height}`).checked = true;
    Object.assign(document.documentElement.dataset, { chartColumns: columns, chartHeight: height });
  }

  // As if the person had changed the fields.
  fillToolbar() {
    fill(this.toolbar, this.layouts.current.toolbar);
    this.toolbar.dispatchEvent(new Event("input", { bubbles: true }));
  }

  chosen({ target }) {
    const layout = this.layouts.known[[...this.part("list").children].indexOf(target.closest("button"))];
    if (!layout) return;
    this.layouts.choose(layout);
    this.close();
  }

  resized({ name, value }) {
    if (name === "layout-columns") this.layouts.change({ columns: Number(value) });
    if (name === "layout-height") this.layouts.change({ height: value });
  }

  async keep() {
    this.close();
    const { name } = this.layouts.current;
    await this.layouts.change({ toolbar: valuesOf(this.toolbar) });
    this.say(`“${name}” keeps these axes and this smoothing.`);
  }

  async makeDefault() {
    this.close();
    await this.layouts.makeDefault();
    this.say(`Pages open with “${this.layouts.current.name}”.`);
  }

  saveAs() { this.ask("Save as a new layout", "", (name) => this.create(name)); }

  rename() { this.ask("Rename the layout", this.layouts.current.name, (name) => this.layouts.rename(name)); }

  create(name) {
    const { pins = [], columns = 0, height = "normal" } = this.layouts.current ?? {};
    return this.layouts.create({ name, pins, columns, height, toolbar: valuesOf(this.toolbar) });
  }

  async remove() {
    this.close();
    const removed = await this.layouts.remove().catch((error) => this.say(error.message));
    if (!removed) return;
    const { id, ...gone } = removed;
    this.say(`“${gone.name}” is deleted.`);
    this.gone = gone;
    this.part("undo").hidden = false;
    setTimeout(() => { if (this.gone === gone) this.say(""); }, UNDO_MS);
  }

  undo() {
    const { gone } = this;
    this.say("");
    this.layouts.create(gone).catch((error) => this.say(error.message));
  }

  ask(title, name, act) {
    this.close();
    this.act = act;
    this.part("dialog-title").textContent = title;
    this.part("problem").textContent = "";
    this.part("new-name").value = name;
    this.part("dialog").showModal();
    this.part("new-name").select();
  }

  async named(event) {
    event.preventDefault();
    try {
      await this.act(this.part("new-name").value);
      this.part("dialog").close();
    } catch (error) {
      this.part("problem").textContent = error.message;
    }
  }

  say(text) {
    this.gone = null;
    this.part("undo").hidden = true;
    this.part("hint").textContent = text;
  }

  close() { bootstrap.Dropdown.getOrCreateInstance(this.root.querySelector(".dropdown-toggle")).hide(); }
}

function entry(layout, isCurrent) {
  const button = document.createElement("button"), mark = document.createElement("small");
  button.type = "button";
  button.className = "dropdown-item layout-entry";
  button.setAttribute("aria-pressed", String(isCurrent));
  button.append(layout.name);
  mark.textContent = layout.default ? "default" : "";
  button.append(mark);
  return button;
}
