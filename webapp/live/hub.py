"""One reader of Redis per web process, whatever the number of viewers."""

import contextlib
import threading
import time
from collections import defaultdict
from queue import Empty, Full, Queue
from typing import Any, cast
from uuid import uuid4

import redis

from webapp.store.live import Entry, decode, last_id, stream_key

QUEUE_LENGTH = 500
BLOCK_MS = 5_000
RETRY_S = 0.5


class Viewer:
    """Somebody who watches trials; what has not been sent yet waits in a bounded queue."""

    def __init__(self, trial_ids: list[int]) -> None:
        self.trial_ids = trial_ids
        self.overrun = False
        self._waiting: Queue[tuple[int, Entry] | None] = Queue(QUEUE_LENGTH)

    def give(self, trial_id: int, entry: Entry) -> None:
        """Queue an entry; a viewer that does not keep up is marked, and gets a fresh snapshot instead."""
        try:
            self._waiting.put_nowait((trial_id, entry))
        except Full:
            self.overrun = True

    def take(self, timeout_s: float) -> tuple[int, Entry] | None:
        """The next entry, or None when there is none for so long."""
        with contextlib.suppress(Empty):
            return self._waiting.get(timeout=timeout_s)
        return None


class Hub:
    """Reads all watched streams with one blocking XREAD, and hands each entry to those who watch its trial."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
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

    def join(self, trial_ids: list[int]) -> Viewer:
        """A viewer who gets every entry from now on. Raises redis.RedisError."""
        viewer = Viewer(trial_ids)
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
        self._client.xadd(self._bell, {"ring": 1}, maxlen=1)
        self._client.expire(self._bell, 3600)

    def _read(self) -> None:
        while True:
            with self._lock:
                if not self._positions:
                    self._reader = None
                    return
                wanted: dict[Any, Any] = {stream_key(trial): at for trial, at in self._positions.items()}
            wanted[self._bell] = self._bell_position
            try:
                found = cast("list[Any]", self._client.xread(wanted, block=BLOCK_MS))
            except (redis.RedisError, OSError, ValueError):  # a connection that was cut may show itself as any of these
                time.sleep(RETRY_S)  # positions are kept, so nothing is missed when Redis comes back
                continue
            for name, raw_entries in found.items() if isinstance(found, dict) else found:
                self._hand_out(name, raw_entries)

    def _hand_out(self, name: bytes, raw_entries: Any) -> None:
        if name == self._bell.encode():
            self._bell_position = raw_entries[-1][0].decode()
            return
        trial_id = int(name.split(b":")[1])
        with self._lock:
            if trial_id not in self._positions:
                return
            for raw in raw_entries:
                entry = decode(raw)
                self._positions[trial_id] = entry[0]
                for viewer in self._viewers.get(trial_id, ()):
                    viewer.give(trial_id, entry)
