// One EventSource for a page. It opens at once, from the position that the page was rendered at; what it brings waits
// until the snapshot has arrived, and points are deduplicated by step, so that the join has neither a gap nor a double.
const KINDS = ["points", "state", "picture", "histograms", "report", "log", "restart"];
const GIVE_UP_MS = 5_000;

const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
};

export async function fetchSnapshot(options) {
  const answer = await fetch(`/live/snapshot?${query(options)}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) throw Object.assign(new Error("You have been logged out. Reload the page."), { final: true });
  if (answer.status === 404) throw Object.assign(new Error("This has been deleted."), { final: true });
  if (!answer.ok) throw new Error(`The curves could not be fetched (${answer.status}).`);
  return answer.json();
}

// handlers: snapshot(trials), message(kind, payload), hint(text or null), ended() -> whether nothing more can come.
export function connect({ trials, keys, position, points }, handlers) {
  const ids = trials.join(",");
  let source = null, waiting = [], closed = false, retry = null;

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
    handlers.message(kind, payload);
    if (kind === "state" && handlers.ended()) setTimeout(() => handlers.ended() && close(), 2_000);
  }

  function again() {
    clearTimeout(retry);
    retry = setTimeout(() => !closed && start(null), GIVE_UP_MS);
  }

  async function start(from) {
    waiting = [];
    source?.close();
    if (from) open(from);
    try {
      const snapshot = await fetchSnapshot({ trials: ids, keys: keys?.(), points });
      if (closed) return;
      handlers.snapshot(snapshot.trials);
      if (handlers.ended()) return close();
      if (!from) open(snapshot.position);
      const held = waiting;
      waiting = null;
      for (const [kind, payload] of held) deliver(kind, payload);
    } catch (error) {
      handlers.hint(error.message);
      if (!error.final) again();
    }
  }

  function close() {
    closed = true;
    clearTimeout(retry);
    source?.close();
    handlers.hint(null);
  }

  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && !closed && start(null));
  start(position);
  return { close };
}
