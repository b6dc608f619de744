// One EventSource for a page. It opens at once, from the position that the page was rendered at; what it brings waits
// until the snapshot has arrived, and points are deduplicated by step, so that the join has neither a gap nor a double.
const KINDS = ["points", "state", "picture", "histograms", "report", "log", "restart", "store"];
const GIVE_UP_MS = 5_000;
const HIDDEN_MS = 5_000;
const PULSE_MS = 5_000;
const SLEPT_MS = 30_000;

const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
};

// What a worker says of the database that it cannot reach; null when it can again.
function storeHint({ away, since, spooled_bytes: bytes, waits }) {
  if (!away) return null;
  const time = new Date(since * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const rest = waits ? "the worker's disk takes no more, so training waits" : "training goes on, and the curves catch up";
  return `The database has been away since ${time}: ${rest} (${(bytes / 2 ** 20).toFixed(1)} MiB are spooled).`;
}

export async function fetchSnapshot(options) {
  const answer = await fetch(`/live/snapshot?${query(options)}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) throw Object.assign(new Error("You have been logged out. Reload the page."), { final: true });
  if (answer.status === 404) throw Object.assign(new Error("This has been deleted."), { final: true });
  if (answer.status === 503) throw new Error((await answer.json()).detail);
  if (!answer.ok) throw new Error(`The curves could not be fetched (${answer.status}).`);
  return answer.json();
}

// The keys that a message brings points of; null where it is about something else.
export const freshKeys = (kind, { curves }) => (kind === "points" ? new Set(Object.keys(curves)) : null);

// handlers: snapshot(trials, again) -- `again` where the page has shown one before --, message(kind, payload), hint(text or
// null), ended() -> whether nothing more can come.
export function connect({ trials, keys, position, points }, handlers) {
  const ids = trials.join(","), listening = new AbortController();
  let source = null, waiting = [], closed = false, asleep = false, shown = false, turn = 0, awakeAt = Date.now();
  let timer = null, nap = null;

  function open(after) {
    source?.close();
    const opened = new EventSource(`/live/events?${query({ trials: ids, after })}`);
    source = opened;
    for (const kind of KINDS) {
      opened.addEventListener(kind, (event) => {
        if (source !== opened) return;
        const payload = JSON.parse(event.data);
        if (waiting) waiting.push([kind, payload]);
        else deliver(kind, payload);
      });
    }
    opened.addEventListener("open", () => handlers.hint(null));
    opened.addEventListener("resync", () => source === opened && start(null));
    opened.addEventListener("away", () => handlers.hint("Live updates are away; trying again …"));
    opened.addEventListener("error", () => {
      if (source !== opened || closed) return;
      handlers.hint("Reconnecting …");
      if (opened.readyState === EventSource.CLOSED) again();
    });
  }

  function deliver(kind, payload) {
    if (kind === "store") return handlers.hint(storeHint(payload));
    handlers.message(kind, payload);
    if (kind === "state" && handlers.ended()) setTimeout(() => handlers.ended() && close(), 2_000);
  }

  function again() {
    clearTimeout(timer);
    timer = setTimeout(() => start(null), GIVE_UP_MS);
  }

  async function start(from) {
    const mine = leave();
    waiting = [];
    if (from) open(from);
    try {
      const snapshot = await fetchSnapshot({ trials: ids, keys: keys?.(), points });
      if (mine !== turn) return; // it began afresh meanwhile, or it is over
      handlers.snapshot(snapshot.trials, shown);
      shown = true;
      if (handlers.ended()) return close();
      if (!from) open(snapshot.position);
      const held = waiting;
      waiting = null;
      for (const [kind, payload] of held) deliver(kind, payload);
    } catch (error) {
      if (mine !== turn) return;
      handlers.hint(error.message);
      if (!error.final) again();
    }
  }

  // Nothing that was asked for before is awaited any more.
  function leave() {
    clearTimeout(timer);
    source?.close();
    source = null;
    asleep = false;
    turn += 1;
    return turn;
  }

  function close() {
    leave();
    closed = true;
    clearInterval(pulse);
    clearTimeout(nap);
    listening.abort();
    handlers.hint(null);
  }

  // A tab that nobody sees has no stream after some seconds; when it is seen again it begins afresh, with one snapshot.
  function look() {
    clearTimeout(nap);
    awakeAt = Date.now();
    if (document.hidden) nap = setTimeout(() => { leave(); asleep = true; }, HIDDEN_MS);
    else if (asleep) start(null);
  }

  // A machine that slept may have a connection that is dead without knowing it.
  function beat() {
    const slept = Date.now() - awakeAt > SLEPT_MS;
    awakeAt = Date.now();
    if (slept && !document.hidden && !asleep) start(null);
  }

  const pulse = setInterval(beat, PULSE_MS), { signal } = listening;
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("pagehide", () => source?.close(), { signal });
  addEventListener("pageshow", (event) => event.persisted && start(null), { signal });
  start(position);
  look();
  return { close };
}
