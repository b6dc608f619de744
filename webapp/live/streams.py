"""Server-sent events of one trial or several: first what the viewer missed, then what comes."""

from collections.abc import Iterator

import orjson
import redis
from flask import Response, current_app

from webapp.live.hub import Hub, Viewer
from webapp.models import db
from webapp.store.live import Entry, entries, is_gapless

HEARTBEAT_S = 15.0
RETRY_MS = 1000
START = "0-0"


def hub() -> Hub | None:
    """This process's hub; None without Redis."""
    client = current_app.extensions["redis"]
    if client is None:
        return None
    if "live-hub" not in current_app.extensions:
        current_app.extensions["live-hub"] = Hub(client)
    found: Hub = current_app.extensions["live-hub"]
    return found


def stream_events(trial_ids: list[int], positions: dict[int, str], *, single: bool = False) -> Response:
    """An event stream that goes on behind ``positions``; ids are the entries' own for one trial (``single``), else of all."""
    db.session.remove()  # a stream may last for hours; it must not hold a connection
    found, client = hub(), current_app.extensions["redis"]
    body = Stream(found, client, trial_ids, positions, single).messages() if found else away()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(body, content_type="text/event-stream", headers=headers)


def away() -> Iterator[bytes]:
    """Redis does not answer: say so, and let the browser come again."""
    yield b"retry: 3000\nevent: away\ndata: {}\n\n"


class Stream:
    """One viewer's stream."""

    def __init__(
        self, hub: Hub, client: redis.Redis, trial_ids: list[int], positions: dict[int, str], single: bool
    ) -> None:
        self.hub = hub
        self.client = client
        self.positions = {trial_id: positions.get(trial_id, START) for trial_id in trial_ids}
        self.single = single

    def messages(self) -> Iterator[bytes]:
        """The bytes that are sent."""
        try:
            viewer = self.hub.join(list(self.positions))
        except redis.RedisError:
            yield from away()
            return
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            yield from self.missed()
            yield from self.coming(viewer)
        except redis.RedisError:
            yield from away()
        finally:
            self.hub.leave(viewer)

    def missed(self) -> Iterator[bytes]:
        """What came since the viewer's positions; ``resync`` where some of it is no longer there."""
        for trial_id, position in list(self.positions.items()):
            if not is_gapless(self.client, trial_id, position):
                yield b"event: resync\ndata: " + orjson.dumps({"trial": trial_id}) + b"\n\n"
            for entry in entries(self.client, trial_id, position):
                yield self.message(trial_id, entry)

    def coming(self, viewer: Viewer) -> Iterator[bytes]:
        """What comes from now on."""
        while True:
            taken = viewer.take(HEARTBEAT_S)
            if taken is None:
                yield b": still here\n\n"
            elif viewer.overrun:
                yield b"event: resync\ndata: {}\n\n"
                return
            elif order(taken[1][0]) > order(self.positions[taken[0]]):
                yield self.message(*taken)

    def message(self, trial_id: int, entry: Entry) -> bytes:
        """An entry as a server-sent event."""
        entry_id, kind, payload = entry
        self.positions[trial_id] = entry_id
        event_id = entry_id if self.single else write_positions(self.positions)
        return b"event: %b\nid: %b\ndata: %b\n\n" % (
            kind.encode(),
            event_id.encode(),
            orjson.dumps({"trial": trial_id, **payload}),
        )


def order(entry_id: str) -> tuple[int, int]:
    """An id as something that can be compared."""
    moment, _, number = entry_id.partition("-")
    return int(moment), int(number or 0)


def write_positions(positions: dict[int, str]) -> str:
    """12:1700-0,13:1700-1."""
    return ",".join(f"{trial_id}:{position}" for trial_id, position in positions.items())


def read_positions(text: str) -> dict[int, str]:
    """The positions in such a text; what is not one is left out."""
    found = {}
    for word in text.split(","):
        trial_id, _, position = word.partition(":")
        if trial_id.isdecimal() and is_position(position):
            found[int(trial_id)] = position
    return found


def is_position(text: str) -> bool:
    """Whether a text is the id of a stream's entry."""
    moment, dash, number = text.partition("-")
    return len(text) < 40 and moment.isdecimal() and bool(dash) and number.isdecimal() and text.isascii()
