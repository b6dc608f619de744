"""One reader of Redis per web process, whatever the number of viewers."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import redis

from webapp.live.messages import Message, message_of
from webapp.store.live import last_id, stream_key

MOST_MESSAGES = 500
MOST_BYTES = 512 * 1024
BLOCK_MS = 5_000
PAUSE_S = 0.004
RETRY_S = 0.5


class Viewer:
    """Somebody who watches trials; what has not been sent yet waits, bounded in number and in bytes."""

    def __init__(self, trial_ids: list[int], hang_up: Callable[[], None] | None = None) -> None:
        self.trial_ids = trial_ids
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
    """Reads all watched streams with one blocking XREAD, and hands each message to those who watch its trial."""

    def __init__(self, client: redis.Redis, patient: redis.Redis | None = None) -> None:
        self._client = client
        self._patient = patient or client  # its reads block for seconds
        self._lock = threading.Lock()
        self._viewers: dict[int, set[Viewer]] = defaultdict(set)
        self._positions: dict[int, str] = {}
        self._bell = f"descent:bell:{uuid4().hex}"
        self._bell_position = "0-0"
        self._reader: threading.Thread | None = None

    @property
    def viewers(self) -> int:
        """How many watch now."""
        with self._lock:
            return len({viewer for watching in self._viewers.values() for viewer in watching})

    def join(self, trial_ids: list[int], hang_up: Callable[[], None] | None = None) -> Viewer:
        """A viewer who gets every message from now on. Raises redis.RedisError."""
        viewer = Viewer(trial_ids, hang_up)
        starts = {
            trial_id: last_id(self._client, trial_id) for trial_id in trial_ids if trial_id not in self._positions
        }
        with self._lock:
            for trial_id in trial_ids:
                self._positions.setdefault(trial_id, starts.get(trial_id, "0-0"))
                self._viewers[trial_id].add(viewer)
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
            for trial_id in viewer.trial_ids:
                self._viewers[trial_id].discard(viewer)
                if not self._viewers[trial_id]:
                    del self._viewers[trial_id]
                    self._positions.pop(trial_id, None)

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
                wanted: dict[Any, Any] = {stream_key(trial): at for trial, at in self._positions.items()}
            wanted[self._bell] = self._bell_position
            try:
                found = cast("list[Any]", self._patient.xread(wanted, block=BLOCK_MS))
            except (redis.RedisError, OSError, ValueError):  # a connection that was cut may show itself as any of these
                time.sleep(RETRY_S)  # positions are kept, so nothing is missed when Redis comes back
                continue
            for name, raw_entries in found.items() if isinstance(found, dict) else found:
                self._hand_out(name, raw_entries)
            time.sleep(PAUSE_S)  # many trials that run are then read, and sent, some messages at a time

    def _hand_out(self, name: bytes, raw_entries: Any) -> None:
        if name == self._bell.encode():
            self._bell_position = raw_entries[-1][0].decode()
            return
        trial_id = int(name.split(b":")[1])
        with self._lock:
            if trial_id not in self._positions:
                return
            for raw in raw_entries:
                message = message_of(trial_id, raw)
                self._positions[trial_id] = message.id
                for viewer in self._viewers.get(trial_id, ()):
                    viewer.give(message)
