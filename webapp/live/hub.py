"""One reader of Redis per web process, whatever the number of viewers."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import uuid4

import redis

from webapp.live.messages import Message, message_of
from webapp.store import news
from webapp.store.live import Source, last_id, raw_entries, stream_key

MOST_MESSAGES = 500
MOST_BYTES = 512 * 1024
BLOCK_MS = 5_000
PAUSE_S = 0.004
RETRY_S = 0.5


class Viewer:
    """Somebody who watches trials and topics; what has not been sent yet waits, bounded in number and in bytes."""

    def __init__(self, sources: Sequence[Source], hang_up: Callable[[], None] | None = None) -> None:
        self.sources = sources
        self.overrun = False
        self._hang_up = hang_up
        self._waiting: list[Message] = []
        self._size_bytes = 0
        self._there = threading.Condition(threading.Lock())

    def give(self, message: Message) -> None:
        """Let a message wait. A viewer that does not keep up is marked, forgets what waits, and is hung up on.

        It may never come back from sending to somebody who does not read; so the connection is cut under it.
        """
        with self._there:
            if self.overrun:
                return
            self._waiting.append(message)
            self._size_bytes += len(message.body)
            if len(self._waiting) > MOST_MESSAGES or self._size_bytes > MOST_BYTES:
                self.overrun = True
                self._waiting = []
            self._there.notify()
        if self.overrun and self._hang_up is not None:
            self._hang_up()

    def take(self, timeout_s: float) -> list[Message]:
        """All messages that wait, in order; none when none came for so long, or after an overrun."""
        with self._there:
            self._there.wait_for(lambda: self._waiting or self.overrun, timeout_s)
            taken, self._waiting, self._size_bytes = self._waiting, [], 0
        return taken


class Hub:
    """Reads all watched streams with one blocking XREAD, and hands each message to those who watch its source."""

    def __init__(self, client: redis.Redis, patient: redis.Redis | None = None) -> None:
        self._client = client
        self._patient = patient or client  # its reads block for seconds
        self._lock = threading.Lock()
        self._viewers: dict[Source, set[Viewer]] = defaultdict(set)
        self._positions: dict[Source, str] = {}
        self._bell = f"descent:bell:{uuid4().hex}"
        self._bell_position = "0-0"
        self._news_position = "0-0"
        self._reader: threading.Thread | None = None

    @property
    def viewers(self) -> int:
        """How many watch now."""
        with self._lock:
            return len({viewer for watching in self._viewers.values() for viewer in watching})

    def join(self, sources: Sequence[Source], hang_up: Callable[[], None] | None = None) -> Viewer:
        """A viewer who gets every message from now on. Raises redis.RedisError."""
        viewer = Viewer(sources, hang_up)
        starts = {source: last_id(self._client, source) for source in sources if source not in self._positions}
        with self._lock:
            for source in sources:
                self._positions.setdefault(source, starts.get(source, "0-0"))
                self._viewers[source].add(viewer)
            if self._reader is None or not self._reader.is_alive():
                self._reader = threading.Thread(target=self._read, name="live-hub", daemon=True)
                self._reader.start()
        try:
            self._ring()
        except redis.RedisError:
            self.leave(viewer)
            raise
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """No more for this viewer; streams that nobody watches are no longer read."""
        with self._lock:
            for source in viewer.sources:
                self._viewers[source].discard(viewer)
                if not self._viewers[source]:
                    del self._viewers[source]
                    self._positions.pop(source, None)

    def _ring(self) -> None:
        """Wake the reader, so that it reads the new stream at once."""
        with self._client.pipeline(transaction=False) as pipe:
            pipe.xadd(self._bell, {"ring": 1}, maxlen=1)
            pipe.expire(self._bell, 3600)
            pipe.execute()

    def _read(self) -> None:
        while True:
            with self._lock:
                if not self._positions:
                    self._reader = None
                    return
                wanted = self._wanted()
            try:
                found = cast("list[Any]", self._patient.xread(wanted, block=BLOCK_MS))
                for name, entries in found.items() if isinstance(found, dict) else found:
                    self._take(name.decode(), entries)
            except (redis.RedisError, OSError, ValueError):  # a connection that was cut may show itself as any of these
                time.sleep(RETRY_S)  # positions are kept, so nothing is missed when Redis comes back
                continue
            time.sleep(PAUSE_S)  # many trials that run are then read, and sent, some messages at a time

    def _wanted(self) -> dict[Any, Any]:
        """The streams of the trials. Of the topics, which may be as many as there are people, only what rings for all of them."""
        wanted: dict[Any, Any] = {self._bell: self._bell_position, news.BELL: self._news_position}
        trials = ((source, at) for source, at in self._positions.items() if isinstance(source, int))
        return wanted | {stream_key(trial): at for trial, at in trials}

    def _take(self, name: str, entries: Any) -> None:
        if name == self._bell:
            self._bell_position = entries[-1][0].decode()
        elif name == news.BELL:
            for topic in {fields[b"topic"].decode() for _, fields in entries}:
                if (position := self._positions.get(topic)) is not None:
                    self._hand_out(topic, raw_entries(self._client, topic, position, news.LONGEST))
            self._news_position = entries[-1][0].decode()
        else:
            self._hand_out(int(name.split(":")[1]), entries)

    def _hand_out(self, source: Source, entries: Any) -> None:
        with self._lock:
            if source not in self._positions:
                return
            for raw in entries:
                message = message_of(source, raw)
                self._positions[source] = message.id
                for viewer in self._viewers.get(source, ()):
                    viewer.give(message)
