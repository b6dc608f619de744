"""Server-sent events of trials and of topics of news: first what the viewer missed, then what comes."""

import contextlib
import socket
import time
from collections.abc import Collection, Iterator, Sequence

import orjson
import redis
from flask import Response, current_app, request

from webapp.live.hub import BLOCK_MS, Hub, Viewer
from webapp.live.lookout import Lookout, lookout
from webapp.live.messages import Message, message_of
from webapp.models import db
from webapp.observation.counted import VIEWERS
from webapp.patience import ANSWER_S, connect_redis
from webapp.store.live import Source, is_gapless, last_id, raw_entries
from webapp.store.news import read_topic

HEARTBEAT_S = 15.0
LOOK_AGAIN_S = 30.0  # what may be seen, when nobody said that it has changed
RETRY_MS = 1000
MOST_MISSED = 300
SEND_BUFFER = 64 * 1024
START = "0-0"


def hub() -> Hub | None:
    """This process's hub; None without Redis."""
    client = current_app.extensions["redis"]
    if client is None:
        return None
    if "live-hub" not in current_app.extensions:
        patient = connect_redis(current_app.config["SETTINGS"].redis_url, BLOCK_MS / 1000 + ANSWER_S)
        current_app.extensions["live-hub"] = Hub(client, patient)
    found: Hub = current_app.extensions["live-hub"]
    return found


def stream_events(
    sources: Sequence[Source], positions: dict[Source, str], *, single: bool = False, lost: Collection[Source] = ()
) -> Response:
    """An event stream that goes on behind ``positions``; ids are the entries' own for one trial (``single``), else of all.

    A topic without a position is followed from now on, and ``here`` says where that is; a trial from where its stream begins.
    ``lost``: what was asked for, and is not to be seen.
    """
    gone = lookout()
    db.session.remove()  # a stream may last for hours; it must not hold a connection
    found, client = hub(), current_app.extensions["redis"]
    body = Stream(found, client, sources, positions, single, own_socket(), gone, lost).messages() if found else away()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(body, content_type="text/event-stream", headers=headers)


def own_socket() -> socket.socket | None:
    """The request's socket, where the server tells it; the system keeps no more for a viewer who does not read than it must."""
    found: socket.socket | None = request.environ.get("gunicorn.socket")
    if found is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return found


def away() -> Iterator[bytes]:
    """Redis does not answer: say so, and let the browser come again."""
    yield b"retry: 3000\nevent: away\ndata: {}\n\n"


def resync(source: Source | None = None) -> bytes:
    """Tell a page to begin afresh with a snapshot: of a trial, of what a topic is about, or of everything."""
    about = {} if source is None else {"trial" if isinstance(source, int) else "topic": source}
    return b"event: resync\ndata: %b\n\n" % orjson.dumps(about)


def own_first(sources: Collection[Source]) -> list[Source]:
    """A person's own topic before all else: who has lost that has lost their login, and the rest only by it."""
    return sorted(sources, key=lambda source: (not str(source).startswith("person:"), str(source)))


def told_lost(source: Source) -> bytes:
    """Tell a page that it may no longer show something."""
    about = {"trial" if isinstance(source, int) else "topic": source}
    return b"event: lost\ndata: %b\n\n" % orjson.dumps(about)


class Stream:
    """One viewer's stream."""

    def __init__(
        self,
        hub: Hub,
        client: redis.Redis,
        sources: Sequence[Source],
        positions: dict[Source, str],
        single: bool,
        connection: socket.socket | None = None,
        gone: Lookout | None = None,
        lost: Collection[Source] = (),
    ) -> None:
        self.hub = hub
        self.client = client
        begin: dict[Source, str] = {source: START for source in sources if isinstance(source, int)}
        self.topics = [source for source in sources if source not in begin and source not in positions]  # from now on
        self.positions = begin | {source: at for source, at in positions.items() if source in sources}
        self.single = single
        self.connection = connection
        self.gone = gone or (lambda _sources: set())
        self.lost = lost
        self.looked_at = time.monotonic()

    def messages(self) -> Iterator[bytes]:
        """The bytes that are sent."""
        try:
            self.positions |= {topic: last_id(self.client, topic) for topic in self.topics}
            viewer = self.hub.join(list(self.positions), self.hang_up)
        except redis.RedisError:
            yield from away()
            return
        VIEWERS.inc()
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            for source in own_first(self.lost):
                yield told_lost(source)
            if self.topics:
                yield b"event: here\nid: %b\ndata: {}\n\n" % write_positions(self.positions).encode()
            yield from self.missed()
            yield from self.coming(viewer)
        except redis.RedisError:
            yield from away()
        finally:
            VIEWERS.dec()
            self.hub.leave(viewer)

    def missed(self) -> Iterator[bytes]:
        """What came since the viewer's positions; ``resync`` where some of it is no longer there, or where it is a lot.

        A page that was away for long draws a snapshot once, not all that it missed; a program that follows one trial gets all.
        """
        left = MOST_MISSED
        for source, position in list(self.positions.items()):
            full = True
            if not is_gapless(self.client, source, position):
                yield resync(source)
            while full and (found := raw_entries(self.client, source, self.positions[source], MOST_MISSED + 1)):
                full, left = len(found) > MOST_MISSED, left - len(found)
                if left < 0 and not self.single:
                    yield resync(source)
                    return
                yield b"".join(self.sent(message_of(source, entry)) for entry in found)

    def coming(self, viewer: Viewer) -> Iterator[bytes]:
        """What comes from now on; what has gathered is sent together."""
        while self.positions:
            taken = viewer.take(HEARTBEAT_S)
            if viewer.overrun:
                yield resync()
                return
            if not taken:
                yield b": still here\n\n"
            yield from self.no_longer_seen(viewer)
            fresh = [message for message in taken if self.is_fresh(message)]
            if fresh:
                yield b"".join(map(self.sent, fresh))

    def no_longer_seen(self, viewer: Viewer) -> Iterator[bytes]:
        """Tell what may be watched no longer, and stop sending it. Asked when there is a reason to doubt, and now and then."""
        if not viewer.doubted and time.monotonic() - self.looked_at < LOOK_AGAIN_S:
            return
        viewer.doubted, self.looked_at = False, time.monotonic()
        for source in own_first(self.gone(list(self.positions))):
            del self.positions[source]
            yield told_lost(source)

    def is_fresh(self, message: Message) -> bool:
        """Whether the viewer has not had it yet, and still sees what it is about."""
        return message.source in self.positions and order(message.id) > order(self.positions[message.source])

    def sent(self, message: Message) -> bytes:
        """A message as this viewer gets it."""
        self.positions[message.source] = message.id
        return message.sent_as(message.id if self.single else write_positions(self.positions))

    def hang_up(self) -> None:
        """Cut the connection: it may be in the middle of sending to somebody who does not read."""
        if self.connection is not None:
            with contextlib.suppress(OSError), self.connection.dup() as same:  # it may have gone already
                same.shutdown(
                    socket.SHUT_RDWR
                )  # whoever waits on the connection itself then sees a broken pipe, as ever


def order(entry_id: str) -> tuple[int, int]:
    """An id as something that can be compared."""
    moment, _, number = entry_id.partition("-")
    return int(moment), int(number or 0)


def write_positions(positions: dict[Source, str]) -> str:
    """12:1700-0,13:1700-1,experiment:5:1700-2."""
    return ",".join(f"{source}:{position}" for source, position in positions.items())


def read_positions(text: str) -> dict[Source, str]:
    """The positions in such a text; what is not one is left out."""
    found: dict[Source, str] = {}
    for word in text.split(","):
        name, _, position = word.rpartition(":")
        if not is_position(position):
            continue
        if name.isascii() and name.isdecimal() and len(name) <= 10:
            found[int(name)] = position
        elif topic := read_topic(name):
            found[str(topic)] = position
    return found


def is_position(text: str) -> bool:
    """Whether a text is the id of a stream's entry."""
    moment, dash, number = text.partition("-")
    if not (len(text) < 42 and text.isascii() and moment.isdecimal() and dash and number.isdecimal()):
        return False
    return max(int(moment), int(number)) < 2**64
