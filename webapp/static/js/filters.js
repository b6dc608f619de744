// The filters tab: the history of pictures of the first layer, played or moved through.
import { number } from "./format.js";
import { Player } from "./player.js";

const AHEAD = 8;
const KEPT = 64;

export class Filters {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-filters="${name}"]`);
    this.pictures = [];
    this.names = new Set();
    this.fetched = new Map();
    this.player = new Player(root, { show: (place) => this.show(place), ready: (place) => this.ready(place) });
    this.part("name").addEventListener("change", () => this.player.setCount(this.chosen.length, false));
  }

  get chosen() { return this.pictures.filter(({ name }) => name === this.part("name").value); }

  // The list is fetched when the tab is opened for the first time; what comes by the stream is added. Nothing is shown while hidden.
  async load() {
    if (this.loading) return this.counted();
    this.loading = true;
    this.loading = await this.fetch();
    if (!this.loading) this.part("empty").textContent = "The pictures could not be fetched. Open the tab again to try once more.";
  }

  // Pictures that were made while nobody listened.
  async catchUp() {
    if (this.loading) await this.fetch();
  }

  async fetch() {
    const answer = await fetch(this.root.dataset.pictures, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return false;
    (await answer.json()).pictures.forEach((picture) => this.keep(picture));
    this.counted();
    return true;
  }

  add(picture) {
    this.keep(picture);
    this.counted();
  }

  // A later attempt's picture of a step takes the place of an earlier one's, which is gone.
  keep(picture) {
    const { name, step } = picture;
    this.pictures = [...this.pictures.filter((other) => other.name !== name || other.step !== step), picture].sort((a, b) => a.step - b.step);
    if (this.names.has(name)) return;
    this.names.add(name);
    this.part("name").add(new Option(name, name));
    this.part("names").hidden = this.names.size < 2;
  }

  counted() {
    const { length } = this.chosen;
    this.part("empty").hidden = length > 0;
    this.part("view").hidden = length === 0;
    this.player.setCount(length);
  }

  show(place) {
    const { chosen } = this, picture = chosen[place], image = this.part("image");
    if (this.root.hidden) return;
    const words = `step ${number(picture.step)} · epoch ${Number(picture.epoch.toFixed(1))}`;
    if (image.getAttribute("src") !== picture.url) image.src = picture.url;
    image.alt = `First-layer filters of ${picture.name}, ${words}`;
    this.part("label").textContent = words;
    this.part("count").textContent = `${number(place + 1)} of ${number(chosen.length)}`;
    this.player.slider.setAttribute("aria-valuetext", words);
    this.ready(place);
  }

  // Fetches the next few too, so that playing does not wait for the network.
  ready(place) {
    const { chosen } = this;
    for (const { url } of chosen.slice(place, place + AHEAD)) {
      if (this.fetched.has(url)) continue;
      const image = Object.assign(new Image(), { src: url });
      this.fetched.set(url, { image, decoded: image.decode().catch(() => {}) }); // one that cannot be fetched is described
      if (this.fetched.size > KEPT) this.fetched.delete(this.fetched.keys().next().value);
    }
    return this.fetched.get(chosen[place]?.url)?.decoded;
  }
}
