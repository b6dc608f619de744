// Moments in time by a slider, by keys, or played: parts are named by data-player. While the last moment is shown, new ones are followed.
const KEYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

export class Player {
  // show(place) draws a moment; ready(place) is a promise that it can be drawn at once, and may fetch those behind it.
  constructor(root, { show, ready }) {
    Object.assign(this, { root, show, ready });
    this.part = (name) => root.querySelector(`[data-player="${name}"]`);
    this.slider = this.part("slider");
    this.count = 0;
    this.following = true;
    this.slider.addEventListener("input", () => this.moveTo(this.place));
    this.part("play").addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.part("latest").addEventListener("click", () => { this.pause(); this.moveTo(this.count - 1); });
    this.part("stage").addEventListener("keydown", (event) => this.key(event));
  }

  get place() { return Number(this.slider.value); }

  // How many moments there are now; `same` says whether they are those of before and more.
  setCount(count, same = true) {
    this.count = count;
    this.slider.max = Math.max(count - 1, 0);
    this.part("play").disabled = count < 2;
    if (!same) this.following = !this.playing;
    this.moveTo(this.following && !this.playing ? count - 1 : this.place, this.following);
  }

  moveTo(place, following = place >= this.count - 1) {
    this.slider.value = Math.min(Math.max(place, 0), Math.max(this.count - 1, 0));
    this.following = following;
    this.part("latest").setAttribute("aria-pressed", String(following && !this.playing));
    if (this.count) this.show(this.place);
  }

  key(event) {
    if (event.target !== this.part("stage")) return;
    if (event.key === " ") this.part("play").click();
    else if (event.key in KEYS) this.moveTo(this.place + KEYS[event.key]);
    else return;
    event.preventDefault();
  }

  async play() {
    this.setPlaying(true);
    if (this.place >= this.count - 1) this.moveTo(0);
    for (const mine = this.playing; this.playing === mine; ) {
      const next = this.place + 1 < this.count ? this.place + 1 : 0;
      if (next === 0 && !this.part("loop").checked) return this.pause();
      await Promise.all([this.ready(next), pause(1000 / Number(this.part("speed").value))]);
      if (this.playing === mine && this.part("stage").offsetParent) this.moveTo(next); // a hidden tab waits
    }
  }

  pause() {
    this.setPlaying(false);
    this.moveTo(this.place);
  }

  // Each time it plays has a mark of its own, so that pressing Pause and Play quickly leaves one of them running.
  setPlaying(on) {
    this.playing = on ? Symbol("playing") : null;
    this.part("play").textContent = on ? "Pause" : "Play";
  }
}

const pause = (wait) => new Promise((resolve) => setTimeout(resolve, wait));
