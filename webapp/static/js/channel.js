// The page's only EventSource. It carries news of topics -- experiment:12, or person:3, which is whoever looks at the page --
// and, on pages with charts, what comes of their trials, which is a feed's business (live.js).
import { longer } from "./away.js";

const FEED_KINDS = ["points", "state", "picture", "histograms", "report", "log", "restart", "store"];
const GIVE_UP_MS = 5_000;
const HIDDEN_MS = 5_000;
const PULSE_MS = 5_000;
const SLEPT_MS = 30_000;

const topics = new Map(); // topic -> {position, listeners}
let source = null, feed = null, ready = document.readyState === "complete", asleep = false, awakeAt = Date.now(), wait = GIVE_UP_MS;
let timer = null, nap = null, due = null;

const positionIn = (written) => written.slice(written.lastIndexOf(":") + 1); // of experiment:5:1700-2
const own = document.querySelector('meta[name="own-topic"]');
export const me = own?.content ?? null; // the topic of whoever looks at the page; null for a stranger
if (me) topics.set(me, { position: positionIn(own.dataset.after), listeners: new Set() });

// handlers: one for each kind of news, called with its payload; missed(), which is called where some may have been lost; and
// gone(), where whoever looks at the page may no longer see what the topic is about.
// after: where the topic stood when the page was rendered, as the server wrote it. Gives a function that ends it.
export function listen(topic, handlers, after = "") {
  if (!topics.has(topic)) {
    topics.set(topic, { position: positionIn(after), listeners: new Set() });
    reopen();
  }
  topics.get(topic).listeners.add(handlers);
  return () => {
    const { listeners } = topics.get(topic) ?? {};
    if (listeners?.delete(handlers) && !listeners.size && topic !== me) topics.delete(topic);
  };
}

// For live.js: trials beside the topics. While its `trials` is null, the feed fetches a snapshot, and nothing is open.
// handlers: opened(), event(kind, payload), resync(), away(), lost(for good), sleep(), wake().
export function feedOf(handlers) {
  const mine = { trials: null, after: "", handlers };
  feed = mine;
  const isMine = () => feed === mine;
  return {
    open(trials, after) { if (isMine()) { Object.assign(mine, { trials, after }); reopen(); } },
    hold() { if (isMine()) { mine.trials = null; shut(); } },
    release() { if (isMine()) { feed = null; reopen(); } },
  };
}

function shut() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

// What is asked for at one time is opened once.
function reopen() {
  shut();
  if (ready) due ??= setTimeout(() => { due = null; open(); });
}

function address() {
  const positions = [...topics].filter(([, { position }]) => position).map(([topic, { position }]) => `${topic}:${position}`);
  const said = { trials: feed?.trials, topics: [...topics.keys()].join(","), after: [feed?.after, ...positions].filter(Boolean).join(",") };
  return `/live/events?${Object.entries(said).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

function open() {
  shut();
  if (asleep || (feed ? !feed.trials : !topics.size)) return;
  const opened = new EventSource(address()), current = (act) => (event) => source === opened && act(event);
  source = opened;
  for (const kind of FEED_KINDS) opened.addEventListener(kind, current(({ data }) => feed?.handlers.event(kind, JSON.parse(data))));
  opened.addEventListener("news", current(takeNews));
  opened.addEventListener("here", current(remember));
  opened.addEventListener("lost", current(({ data }) => gone(JSON.parse(data))));
  opened.addEventListener("open", current(() => { wait = GIVE_UP_MS; feed?.handlers.opened(); }));
  opened.addEventListener("resync", current(({ data }) => resync(JSON.parse(data))));
  opened.addEventListener("away", current(() => feed?.handlers.away()));
  opened.addEventListener("error", current(() => lost(opened.readyState === EventSource.CLOSED)));
}

function takeNews(event) {
  remember(event);
  const { topic, kind, ...payload } = JSON.parse(event.data);
  for (const handlers of [...(topics.get(topic)?.listeners ?? [])]) handlers[kind]?.(payload);
}

// An event's id is where everything stands: 12:1700-0,experiment:5:1700-2.
function remember({ lastEventId }) {
  for (const word of lastEventId.split(",")) {
    const cut = word.lastIndexOf(":"), known = topics.get(word.slice(0, cut));
    if (known) known.position = positionIn(word);
  }
}

function resync({ trial, topic }) {
  for (const [name, known] of topics) {
    if (trial !== undefined || (topic ?? name) !== name) continue;
    if (topic === undefined) known.position = ""; // more than it is worth to hear
    for (const { missed } of [...known.listeners]) missed?.();
  }
  if (topic !== undefined) return;
  if (feed) feed.handlers.resync();
  else reopen();
}

// What may be watched no longer: an experiment that is deleted or no longer shared; or whoever looks is logged out.
function gone({ trial, topic }) {
  if (topic === me && me) return leave();
  if (topic === undefined) return feed?.handlers.gone(trial);
  for (const { gone: told } of [...(topics.get(topic)?.listeners ?? [])]) told?.();
  topics.delete(topic);
}

// Without a login nothing more can be heard. The server says that before what else is lost by it, so that the page stays.
function leave() {
  const told = [...topics.get(me).listeners];
  shut();
  feed = null;
  topics.clear();
  for (const { gone: say } of told) say?.();
}

function lost(forGood) {
  if (feed) return feed.handlers.lost(forGood);
  if (!forGood) return; // the browser comes again by itself
  clearTimeout(timer);
  timer = setTimeout(open, wait);
  wait = longer(wait);
}

// A page that was opened in the background follows no topics before somebody looks at it: browsers have few connections.
function begin() {
  if (ready) return;
  ready = true;
  asleep = document.hidden && !feed;
  open();
}

function wake() {
  asleep = false;
  if (feed) feed.handlers.wake();
  else reopen();
}

// A tab that nobody sees has no stream after some seconds; when it is seen again it hears what it missed.
function look() {
  clearTimeout(nap);
  awakeAt = Date.now();
  if (document.hidden) nap = setTimeout(() => { asleep = true; shut(); feed?.handlers.sleep(); }, HIDDEN_MS);
  else if (asleep) wake();
}

// A machine that slept may have a connection that is dead without knowing it.
setInterval(() => {
  const slept = Date.now() - awakeAt > SLEPT_MS;
  awakeAt = Date.now();
  if (slept && !document.hidden && !asleep) wake();
}, PULSE_MS);

// Every module of the page has said by then what it listens to.
for (const event of ["DOMContentLoaded", "load"]) addEventListener(event, begin);
document.addEventListener("visibilitychange", look);
addEventListener("pagehide", shut);
addEventListener("pageshow", (event) => event.persisted && wake());
look();
