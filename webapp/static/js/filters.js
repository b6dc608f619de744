// Pictures of the first layer over time: a slider, play, and new ones as they come.
export class Filters {
  constructor(root) {
    this.root = root;
    this.pictures = [];
    this.image = root.querySelector("[data-filters-image]");
    this.slider = root.querySelector("[data-filters-slider]");
    this.label = root.querySelector("[data-filters-label]");
    this.play = root.querySelector("[data-filters-play]");
    this.slider.addEventListener("input", () => { this.stop(); this.show(Number(this.slider.value)); });
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
  }

  async load(trial) {
    this.pictures = [];
    this.root.querySelector("[data-filters-viewer]").hidden = true;
    this.root.querySelector("[data-filters-empty]").hidden = false;
    const response = await fetch(`/api/v1/trials/${trial}/pictures?kind=filters`);
    if (!response.ok) return;
    for (const picture of (await response.json()).pictures) this.add(picture);
  }

  add(picture) {
    const follow = Number(this.slider.value) >= this.pictures.length - 1;
    const same = this.pictures.findIndex((known) => known.step === picture.step && known.name === picture.name);
    if (same >= 0) this.pictures[same] = picture;
    else this.pictures.push(picture);
    this.root.querySelector("[data-filters-viewer]").hidden = false;
    this.root.querySelector("[data-filters-empty]").hidden = true;
    this.slider.max = this.pictures.length - 1;
    if (follow) this.show(this.pictures.length - 1);
    else this.caption();
  }

  show(index) {
    const picture = this.pictures[index];
    this.slider.value = index;
    this.image.src = picture.url;
    this.image.alt = `First layer ${picture.name} after step ${picture.step}`;
    this.caption();
    if (this.pictures[index + 1]) new Image().src = this.pictures[index + 1].url;
  }

  caption() {
    const picture = this.pictures[Number(this.slider.value)];
    const { tiles, of } = picture.details ?? {};
    const shown = of > tiles ? ` · ${tiles} of ${of}` : "";
    this.label.textContent = `${picture.name} · step ${picture.step.toLocaleString("en")} · epoch ${Number(picture.epoch.toFixed(2))}${shown}`;
  }

  start() {
    if (this.pictures.length < 2) return;
    this.play.textContent = "Pause";
    let index = Number(this.slider.value) >= this.pictures.length - 1 ? -1 : Number(this.slider.value);
    this.timer = setInterval(() => {
      index += 1;
      this.show(index);
      if (index >= this.pictures.length - 1) this.stop();
    }, 250);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
  }
}
