// What pages with charts have in common: a board, its toolbar, the address that says what is seen, and curves that come as they are looked at.
import { Board } from "./board.js";
import { bindChartMenu } from "./chart-menu.js";
import { copy } from "./copy.js";
import { bindLayouts } from "./layouts.js";
import { MoreCharts } from "./more-charts.js";
import { Address, read } from "./permalink.js";
import { Supply } from "./supply.js";
import { bindToolbar, fillToolbar, readToolbar } from "./toolbar.js";
import { Zoom } from "./zoom.js";

const SAID_MS = 2_000;

export class ChartPage {
  // ids(): the trials that are wanted; keysOf(dataset), seriesOf(dataset): what a figure shows; always: keys that the page needs besides.
  // trialsChanged(): others are wanted; looked(): other charts can be seen; layouts: this person's; remembered: settings of earlier pages, remember(settings) keeps them.
  constructor({ trials, ids, keysOf, seriesOf, always = [], points, trialsChanged = () => {}, looked = () => {}, layouts, remembered = null, remember = () => {} }) {
    Object.assign(this, { trials, ids, keysOf, seriesOf, always, trialsChanged, looked, remember });
    this.form = document.querySelector("[data-toolbar]");
    this.find = "";
    const { pins, filled } = bindLayouts(layouts, this.form, Boolean(remembered));
    this.pins = pins;
    if (filled) remember(readToolbar(this.form));
    this.initial = { settings: { ...readToolbar(this.form), ...(filled ? {} : remembered) }, range: null, find: "", owns: new Map() };
    this.board = new Board(this.initial.settings, { changed: (step) => this.changed(step), seen: () => this.look() });
    const wanted = { ids, keys: () => this.keys() };
    this.supply = new Supply(trials, { ...wanted, points, arrived: () => this.refresh(), failed: (words) => this.bar.hint(words) });
    this.zoom = new Zoom(trials, this.board, wanted);
    this.address = new Address(() => ({ settings: this.board.settings, find: this.find, owns: this.board.owns }), (said) => this.show(said));
    this.bar = bindToolbar(this.form, {
      changed: (settings, slider) => this.set(settings, slider),
      find: (text) => { this.search(text); this.address.say(false); },
      reset: () => this.board.zoom(null),
      link: () => this.copyLink(),
    });
    this.more = new MoreCharts(document.querySelector("[data-more-charts]"), (figure) => this.add(figure));
    bindChartMenu(document.querySelector("[data-chart-actions]"), this.board, () => this.copyLink());
    this.show(read(location.search));
    document.querySelectorAll("[data-chart]").forEach((figure) => this.add(figure));
  }

  add(figure) {
    this.board.add(figure, () => this.seriesOf(figure.dataset));
    this.pins.add(figure);
  }

  // What an address says, or without one what the page began with.
  show(said) {
    const { settings, range, find, owns } = said ?? this.initial;
    fillToolbar(this.form, { ...this.initial.settings, ...settings });
    this.form.elements.find.value = find;
    const before = this.board.settings.trials;
    this.board.owns = new Map([...owns].map(([name, own]) => [name, { ...own, hidden: new Set(own.hidden) }]));
    this.board.set({ ...readToolbar(this.form), range });
    this.bar.zoomed(range);
    if (find !== this.find) this.search(find);
    if (before !== this.board.settings.trials) this.trialsChanged();
    this.look();
  }

  set(settings, slider) {
    const { board } = this, before = board.settings;
    const otherAxis = settings.x !== before.x || settings.logx !== before.logx, otherTrials = settings.trials !== before.trials;
    board.set(settings);
    if (otherAxis && before.range) board.zoom(null);
    if (otherTrials) this.trialsChanged();
    this.remember(settings);
    this.address.say(!slider);
  }

  // By the board: a zoom is a step that Back takes back.
  changed(step = true) {
    this.bar.zoomed(this.board.settings.range);
    this.address.say(step);
  }

  search(text) {
    this.find = text;
    const found = this.more.find(text);
    this.form.querySelector("[data-found]").textContent = text ? `${found} ${found === 1 ? "chart" : "charts"}` : "";
  }

  // The chart of a curve, though its group may be folded.
  chartOf(key) {
    const found = () => this.board.all.find(({ figure }) => this.keysOf(figure.dataset).includes(key));
    if (!found()) this.more.open(key);
    return found();
  }

  // A trial's curve is shown, though it was hidden in the legend, or its chart folded away or not found.
  reveal(chart, key, trial) {
    for (let fold = chart.figure.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (chart.figure.hidden) {
      this.form.elements.find.value = "";
      this.search("");
    }
    for (const { id, group = id, key: its, ids } of chart.series()) if (its === key && ids.includes(trial)) chart.own.hidden.delete(group);
    this.address.say(false);
  }

  async copyLink() {
    await copy(this.address.link);
    this.bar.hint("Link copied.");
    setTimeout(() => this.bar.hint(null), SAID_MS);
  }

  // The keys of the charts that can be seen.
  keys() {
    return [...new Set([...this.always, ...this.board.visible.flatMap(({ figure }) => this.keysOf(figure.dataset))])];
  }

  look() {
    this.supply?.look();
    this.zoom?.look();
    this.looked();
  }

  // A snapshot of all that was asked for by `supply.asked()`.
  replaced(found) {
    this.trials.applySnapshot(found, false);
    this.supply.replaced();
    this.board.told = true;
    this.refresh();
  }

  // Something is new: points of the `fresh` curves, or without them whatever it may be.
  refresh(fresh = null) {
    const keys = this.trials.keys();
    if (keys.length !== this.known) this.addMissing(keys);
    this.known = keys.length;
    if (fresh) this.board.news(({ dataset }) => this.keysOf(dataset).some((key) => fresh.has(key)));
    else this.board.touch();
    this.look();
  }

  // Curves that have no chart yet get one.
  addMissing(all) {
    const charted = [...document.querySelectorAll("[data-chart]:not([data-more-charts] *)")].map(({ dataset }) => dataset);
    const prefixes = charted.map(({ prefix }) => prefix).filter(Boolean), keys = new Set(charted.flatMap((dataset) => dataset.keys.split(",")));
    this.more.show(all.filter((key) => !keys.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))));
    if (this.find) this.search(this.find);
  }
}
