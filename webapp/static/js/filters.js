// The filters tab: the history of pictures of the first layer, by a slider, by the arrow keys, or played.
import { number } from "./format.js";

const PLAY_MS = 350;

export class Filters {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-filters="${name}"]`);
    this.pictures = [];
    this.names = new Set();
    this.slider = this.part("slider");
    this.slider.addEventListener("input", () => this.show());
    this.part("name").addEventListener("change", () => this.choose());
    this.part("play").addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    this.part("stage").addEventListener("keydown", (event) => this.key(event));
  }

  get chosen() { return this.pictures.filter(({ name }) => name === this.part("name").value); }

  // The list is fetched when the tab is opened for the first time; what comes by the stream is added. Nothing is shown while hidden.
  async load() {
    if (this.loading) return this.show();
    this.loading = true;
    this.loading = await this.fetch();
    if (this.loading) this.toLast();
    else this.part("empty").textContent = "The pictures could not be fetched. Open the tab again to try once more.";
  }

  // Pictures that were made while nobody listened.
  async catchUp() {
    if (this.loading) await this.fetch();
  }

  async fetch() {
    const answer = await fetch(this.root.dataset.pictures, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return false;
    (await answer.json()).pictures.forEach((picture) => this.add(picture));
    return true;
  }

  add(picture) {
    if (this.pictures.some(({ url }) => url === picture.url)) return;
    const follow = Number(this.slider.value) >= Number(this.slider.max) && !this.timer;
    this.pictures.push(picture);
    this.pictures.sort((a, b) => a.step - b.step);
    if (!this.names.has(picture.name)) this.addName(picture.name);
    this.slider.max = Math.max(this.chosen.length - 1, 0);
    if (follow) this.toLast();
    else this.show();
  }

  addName(name) {
    this.names.add(name);
    this.part("name").add(new Option(name, name));
    this.part("names").hidden = this.names.size < 2;
  }

  choose() {
    this.slider.max = Math.max(this.chosen.length - 1, 0);
    this.show();
  }

  toLast() {
    this.slider.value = this.slider.max;
    this.show();
  }

  show() {
    const chosen = this.chosen, picture = chosen[Math.min(this.slider.value, chosen.length - 1)];
    this.part("empty").hidden = chosen.length > 0;
    this.part("view").hidden = chosen.length === 0;
    if (!picture || this.root.hidden) return;
    const image = this.part("image"), words = `step ${number(picture.step)} · epoch ${Number(picture.epoch.toFixed(1))}`;
    if (image.getAttribute("src") !== picture.url) image.src = picture.url;
    image.alt = `First-layer filters of ${picture.name}, ${words}`;
    this.part("label").textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    this.part("play").disabled = chosen.length < 2;
  }

  move(by) {
    this.slider.value = Number(this.slider.value) + by;
    this.show();
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.move(by);
  }

  play() {
    if (Number(this.slider.value) >= Number(this.slider.max)) this.slider.value = 0;
    this.show();
    this.part("play").textContent = "Pause";
    this.timer = setInterval(() => {
      if (Number(this.slider.value) >= Number(this.slider.max)) return this.stop();
      this.move(1);
    }, PLAY_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.part("play").textContent = "Play";
  }
}
