// What comes of trials, by the page's channel. It opens at once, from the position that the page was rendered at; what it brings
// waits until the snapshot has arrived, and points are deduplicated by step, so that the join has neither a gap nor a double.
import { feedOf } from "./channel.js";

const GIVE_UP_MS = 5_000;
export const GONE = "This can no longer be seen: it was deleted, or is no longer shared with you.";

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
  if (answer.status === 404) throw Object.assign(new Error(GONE), { final: true, gone: true });
  if (answer.status === 503) throw new Error((await answer.json()).detail);
  if (!answer.ok) throw new Error(`The curves could not be fetched (${answer.status}).`);
  return answer.json();
}

// The keys that a message brings points of; null where it is about something else.
export const freshKeys = (kind, { curves }) => (kind === "points" ? new Set(Object.keys(curves)) : null);

// handlers: snapshot(trials, again) -- `again` where the page has shown one before --, message(kind, payload), hint(text or
// null), ended() -> whether nothing more can come, gone() where the page may no longer show this (optional).
export function connect({ trials, keys, position, points }, handlers) {
  const ids = trials.join(",");
  let waiting = [], shown = false, closed = false, turn = 0, timer = null;
  const feed = feedOf({
    event(kind, payload) {
      if (waiting) waiting.push([kind, payload]);
      else deliver(kind, payload);
    },
    opened: () => handlers.hint(null),
    resync: () => start(null),
    wake: () => start(null), // it begins afresh, with one snapshot
    sleep: leave,
    gone() {
      if (handlers.gone) end(GONE, true);
      else handlers.hint("Some of this can no longer be seen. Reload the page.");
    },
    away: () => handlers.hint("Live updates are away; trying again …"),
    lost(forGood) {
      handlers.hint("Reconnecting …");
      if (forGood) again();
    },
  });

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
    if (from) feed.open(ids, from);
    try {
      const snapshot = await fetchSnapshot({ trials: ids, keys: keys?.(), points });
      if (mine !== turn) return; // it began afresh meanwhile, or it is over
      handlers.snapshot(snapshot.trials, shown);
      shown = true;
      if (handlers.ended()) return close();
      if (!from) feed.open(ids, snapshot.position);
      const held = waiting;
      waiting = null;
      for (const [kind, payload] of held) deliver(kind, payload);
    } catch (error) {
      if (mine !== turn) return;
      handlers.hint(error.message);
      if (error.final) end(error.message, error.gone);
      else again();
    }
  }

  // Nothing that was asked for before is awaited any more.
  function leave() {
    clearTimeout(timer);
    feed.hold();
    turn += 1;
    return turn;
  }

  function end(told, isGone) {
    close(told);
    if (isGone) handlers.gone?.(told);
  }

  // The channel goes on without the trials.
  function close(hint = null) {
    if (closed) return;
    closed = true;
    leave();
    feed.release();
    handlers.hint(hint);
  }

  start(position);
  return { close };
}
