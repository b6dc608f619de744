// Filters side by side: of each experiment the picture that was newest at one moment, by its step or its epoch.
import { said, say } from "./address.js";
import { number } from "./format.js";
import { Player } from "./player.js";

const REST_MS = 250;
const UNITS = { step: ({ step }) => step, epoch: ({ epoch }) => Number(epoch.toFixed(2)) };
const inWords = ({ step, epoch }) => `step ${number(step)} · epoch ${Number(epoch.toFixed(1))}`;

export class CompareFilters {
  constructor(root, experiments) {
    Object.assign(this, { root, experiments });
    this.part = (name) => root.querySelector(`[data-filters="${name}"]`);
    this.pictures = new Map();
    this.moments = [];
    this.player = new Player(root, { show: (place) => this.show(place), ready: (place) => this.ready(place) });
    if (said("unit") in UNITS) this.part("unit").value = said("unit");
    this.part("unit").addEventListener("change", () => { say({ unit: this.part("unit").value, moment: "" }); this.order(); });
  }

  // Once, when the tab is opened.
  async load() {
    if (this.loading) return;
    this.loading = true;
    const answer = await fetch(this.root.dataset.pictures, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) {
      this.loading = false;
      this.part("empty").textContent = "The pictures could not be fetched. Open the tab again to try once more.";
      return;
    }
    this.keep((await answer.json()).pictures);
  }

  // The first layer's pictures of each; another layer's name may come first in none.
  keep(found) {
    for (const [id, pictures] of Object.entries(found)) this.pictures.set(Number(id), pictures.filter(({ name }) => name === pictures[0].name));
    this.part("empty").hidden = this.pictures.size > 0;
    this.part("view").hidden = !this.pictures.size;
    this.tiles = this.experiments.map((experiment) => this.tile(experiment));
    this.part("tiles").replaceChildren(...this.tiles.map(({ figure }) => figure));
    if (this.pictures.size) this.order();
  }

  tile({ id, title, url }) {
    const figure = document.createElement("figure"), caption = document.createElement("figcaption");
    const link = Object.assign(document.createElement("a"), { href: url, textContent: title });
    const image = document.createElement("img"), when = Object.assign(document.createElement("small"), { className: "text-secondary d-block" });
    caption.append(link, when);
    figure.append(image, caption);
    return { figure, image, when, title, pictures: this.pictures.get(id) ?? [] };
  }

  get unit() { return UNITS[this.part("unit").value]; }

  order() {
    this.moments = [...new Set([...this.pictures.values()].flat().map(this.unit))].sort((a, b) => a - b);
    this.player.setCount(this.moments.length, false);
    if (said("moment")) this.player.moveTo(this.moments.findLastIndex((moment) => moment <= Number(said("moment"))));
  }

  // The newest picture at a moment, or undefined where there was none yet.
  at(pictures, moment) { return pictures.findLast((picture) => this.unit(picture) <= moment); }

  show(place) {
    const moment = this.moments[place], words = `${this.part("unit").value} ${number(moment)}`;
    for (const { figure, image, when, title, pictures } of this.tiles) {
      const picture = this.at(pictures, moment);
      figure.classList.toggle("filters-none", !picture);
      image.hidden = !picture;
      when.textContent = picture ? inWords(picture) : pictures.length ? "no picture yet" : "has no pictures";
      if (!picture) continue;
      if (image.getAttribute("src") !== picture.url) image.src = picture.url;
      image.alt = `First-layer filters of ${title}, ${inWords(picture)}`;
    }
    this.part("label").textContent = words;
    this.part("count").textContent = `${number(place + 1)} of ${number(this.moments.length)}`;
    this.player.slider.setAttribute("aria-valuetext", words);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => say({ moment: this.player.following ? "" : String(moment) }), REST_MS);
  }

  ready(place) {
    const wanted = this.tiles.map(({ pictures }) => this.at(pictures, this.moments[place])).filter(Boolean);
    return Promise.all(wanted.map(({ url }) => Object.assign(new Image(), { src: url }).decode().catch(() => {})));
  }
}
