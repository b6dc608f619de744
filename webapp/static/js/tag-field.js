// <input data-tag-field>: tags as chips, with completion and "create". The input itself goes on to hold the names, with commas between, for
// the form; without this script it is an ordinary field. Comma, space and Enter take a name, Backspace and Delete remove a chip.
const WAIT_MS = 100, OFFERED = 8, SEPARATOR = /[,\s]+/;
let made = 0;

const clean = (text) => text.trim().replace(/^#+/, "").normalize("NFC").toLowerCase();

export class TagField {
  constructor(held) {
    this.held = held;
    this.names = [];
    this.colours = JSON.parse(held.dataset.tagColours ?? "{}");
    this.offers = [];
    this.active = -1;
    this.asked = 0;
    this.build(`tag-field-${(made += 1)}`);
    for (const name of held.value.split(SEPARATOR)) this.add(name, false);
    this.listen();
  }

  build(id) {
    const { held } = this, part = (tag, attributes) => Object.assign(document.createElement(tag), attributes);
    this.box = part("div", { className: `tag-field ${held.className}` });
    this.input = part("input", { type: "text", id: held.id, autocomplete: "off", spellcheck: false, placeholder: held.placeholder });
    this.list = part("ul", { className: "search-offers", id: `${id}-offers`, hidden: true });
    this.told = part("span", { className: "visually-hidden" });
    const marks = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, autocapitalize: "off", enterkeyhint: "done" };
    for (const [name, value] of Object.entries(marks)) this.input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-label", "aria-invalid", "data-key", "data-command"]) if (held.hasAttribute(name)) this.input.setAttribute(name, held.getAttribute(name));
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Tags that there are");
    this.told.setAttribute("role", "status");
    held.type = "hidden";
    for (const name of ["id", "data-key", "data-command"]) held.removeAttribute(name);
    this.box.append(this.input, this.list, this.told);
    held.after(this.box);
  }

  listen() {
    const { input, box, list } = this;
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => { this.close(); this.take(input.value); });
    box.addEventListener("click", (event) => this.click(event));
    box.addEventListener("keydown", (event) => event.target !== input && this.chipKey(event));
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  }

  chips() { return [...this.box.querySelectorAll("[data-remove]")]; }

  add(name, isSaid = true) {
    name = clean(name);
    if (!name || this.names.includes(name)) return;
    this.names.push(name);
    const chip = document.createElement("span"), button = document.createElement("button");
    chip.className = `tag tag-${this.colours[name] ?? "teal"}`;
    Object.assign(button, { type: "button", textContent: "×", tabIndex: -1 });
    button.dataset.remove = name;
    button.setAttribute("aria-label", `Remove the tag ${name}`);
    chip.append(`#${name} `, button);
    this.input.before(chip);
    if (isSaid) this.told.textContent = `${name} added`;
    this.hold();
  }

  remove(button) {
    const at = this.chips().indexOf(button), { remove: name } = button.dataset;
    this.names.splice(at, 1);
    button.parentElement.remove();
    this.told.textContent = `${name} removed`;
    (this.chips()[Math.max(at - 1, 0)] ?? this.input).focus();
    this.hold();
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  hold() {
    this.held.value = [...this.names, ...this.input.value.split(SEPARATOR).filter(clean)].join(", ");
    this.input.placeholder = this.names.length ? "" : this.held.placeholder;
  }

  take(text) {
    for (const name of text.split(SEPARATOR)) this.add(name);
    this.input.value = "";
    this.hold();
  }

  typed() {
    if (SEPARATOR.test(this.input.value) && !this.input.value.includes('"')) {
      const parts = this.input.value.split(SEPARATOR), rest = parts.pop();
      for (const name of parts) this.add(name);
      this.input.value = rest;
    }
    this.hold();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask().catch(() => this.close()), WAIT_MS);
  }

  async ask() {
    const mine = (this.asked += 1), typed = clean(this.input.value);
    if (!typed) return this.close();
    const answer = await fetch(`/api/v1/tags?limit=${OFFERED + this.names.length}&q=${encodeURIComponent(typed)}`);
    if (mine !== this.asked || !answer.ok || document.activeElement !== this.input) return;
    const { tags } = await answer.json();
    for (const { name, colour } of tags) this.colours[name] = colour;
    this.show(typed, tags.filter(({ name }) => !this.names.includes(name)).slice(0, OFFERED));
  }

  show(typed, tags) {
    const isNew = !tags.some(({ name }) => name === typed) && !this.names.includes(typed);
    this.offers = [...tags, ...(isNew ? [{ name: typed, isNew }] : [])];
    this.list.replaceChildren(...this.offers.map(({ name, colour, experiments, isNew: fresh }, number) => {
      const item = document.createElement("li"), chip = document.createElement("span"), about = document.createElement("small");
      item.id = `${this.list.id}-${number}`;
      item.setAttribute("role", "option");
      chip.className = fresh ? "" : `tag tag-${colour}`;
      chip.textContent = fresh ? `Create “${name}”` : `#${name}`;
      about.textContent = fresh ? "" : `on ${experiments}`;
      item.append(chip, about);
      return item;
    }));
    this.list.hidden = !this.offers.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.told.textContent = `${tags.length} tag${tags.length === 1 ? "" : "s"} to choose from`;
    this.choose(this.offers.findIndex(({ name }) => name === typed));
  }

  choose(number) {
    this.active = number;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === number)));
    if (number < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${number}`);
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.offers = [];
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  key(event) {
    if (event.isComposing) return;
    const { input, offers, active } = this, last = offers.length - 1;
    if (event.key === "Enter" && (input.value.trim() || this.held.dataset.tagField === "alone")) this.finish(offers[active]?.name ?? input.value);
    else if (event.key === "ArrowDown" && offers.length) this.choose(active === last ? 0 : active + 1);
    else if (event.key === "ArrowUp" && offers.length) this.choose(active <= 0 ? last : active - 1);
    else if (event.key === "Escape" && offers.length) this.close();
    else if (["Backspace", "ArrowLeft"].includes(event.key) && !input.value && this.names.length) this.chips().at(-1).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  finish(name) {
    this.close();
    this.take(name);
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  chipKey(event) {
    const chips = this.chips(), at = chips.indexOf(event.target);
    if (at < 0) return;
    if (["Backspace", "Delete"].includes(event.key)) this.remove(chips[at]);
    else if (event.key === "ArrowLeft") chips[Math.max(at - 1, 0)].focus();
    else if (event.key === "ArrowRight") (chips[at + 1] ?? this.input).focus();
    else return;
    event.preventDefault();
  }

  click(event) {
    const item = event.target.closest("[role=option]");
    if (event.target.matches("[data-remove]")) this.remove(event.target);
    else if (item) this.finish(this.offers[[...this.list.children].indexOf(item)].name);
    else this.input.focus();
  }
}

const enhance = (root) => root.querySelectorAll("input[data-tag-field]:not([type=hidden])").forEach((held) => new TagField(held));
enhance(document);
document.addEventListener("shown.bs.collapse", ({ target }) => target.querySelector(".tag-field > input")?.focus());
document.addEventListener("shown.bs.dropdown", ({ target }) => target.parentElement.querySelector(".tags-menu .tag-field > input")?.focus());
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
