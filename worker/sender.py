"""Pictures, reports and checkpoints of an attempt, from a thread of their own: a storage that is slow or away holds up nothing else."""

import logging
import threading
from collections.abc import Callable

from dlcore.events import Checkpoint
from webapp import logs
from webapp.store.artifacts import Discard, Kept
from webapp.store.storage import StorageAway
from worker.spool import Entry

log = logging.getLogger(__name__)
RESTS_S = 1.0  # before a storage that is away is asked again
MOST_WAITING = 200


class Sender:
    """Has kept what was made, one after the other, and gives out what rows are to be made of. What the storage does not take now waits.

    Of checkpoints that wait the newest is enough; of the rest ``MOST_WAITING``.
    """

    def __init__(self, keep: Callable[[Entry], list[Entry]], discard: Discard, name: str) -> None:
        self.keep = keep
        self.away: StorageAway | None = None
        self._discard = discard
        self._error: BaseException | None = None
        self._now: Entry | str | None = None
        self._waiting: list[Entry | str] = []  # entries, and keys to discard
        self._kept: list[Entry] = []
        self._lost = 0
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=logs.carried(self._work), name=name, daemon=True)

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    def put(self, made: Entry) -> None:
        """Hand over what was made; returns at once."""
        with self._changed:
            if is_checkpoint(made):
                self._waiting = [one for one in self._waiting if not is_checkpoint(one)]
            self._append(made)

    def discard(self, key: str) -> None:
        """Have the bytes of a key deleted, after what waits."""
        with self._changed:
            self._append(key)

    def take(self) -> list[Entry]:
        """What has been kept since this was asked last, in order. Raises what went wrong."""
        with self._changed:
            if self._error is not None:
                raise self._error
            taken, self._kept = self._kept, []
        return taken

    @property
    def has_more(self) -> bool:
        """Whether there is something to take, or will be."""
        with self._changed:
            return bool(self._kept or self._error) or (self._open and not self._is_idle())

    def wait(self, within_s: float) -> None:
        """Until everything has been kept, or so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_idle() or self._error is not None, within_s)

    def stop(self) -> None:
        """Keep nothing more, and discard what has been kept and was not taken."""
        with self._changed:
            self._open = False
            self._waiting = [*(one for one in self._waiting if isinstance(one, str)), *keys_of(self._kept)]
            self._kept = []
            self._changed.notify_all()

    def _append(self, one: Entry | str) -> None:
        self._waiting.append(one)
        if len(self._waiting) + (self._now is not None) > MOST_WAITING:
            del self._waiting[1 if is_checkpoint(self._waiting[0]) else 0]
            self._lost += 1
        self._changed.notify_all()

    def _is_idle(self) -> bool:
        return self._now is None and not self._waiting

    def _work(self) -> None:
        try:
            while (one := self._next()) is not None:
                self._done(self._do(one))
        except BaseException as error:  # whoever takes raises it
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _next(self) -> Entry | str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            self._now = self._waiting.pop(0) if self._waiting else None
            return self._now

    def _do(self, one: Entry | str) -> list[Entry]:
        if isinstance(one, str):
            self._discard(one)
            return []
        while self._open:
            try:
                return self.keep(one)
            except StorageAway as error:
                self._rest(error)
        return []

    def _done(self, kept: list[Entry]) -> None:
        with self._changed:
            self._now = None
            if self._open:
                self._kept += kept
            else:
                self._waiting += keys_of(kept)
            self._changed.notify_all()
        if self.away and self._open:
            log.warning("the storage is back; %s pictures and reports were left out meanwhile", self._lost)
            self.away, self._lost = None, 0

    def _rest(self, error: StorageAway) -> None:
        if self.away is None:
            log.warning("%s It is asked again every %g s.", error, RESTS_S)
        self.away = error
        with self._changed:
            self._changed.wait_for(lambda: not self._open, RESTS_S)


def is_checkpoint(one: Entry | str) -> bool:
    """Whether this is one."""
    return isinstance(one, Entry) and isinstance(one.event, Checkpoint)


def keys_of(entries: list[Entry]) -> list[str]:
    """The keys of what has been kept."""
    return [entry.event.key for entry in entries if isinstance(entry.event, Kept)]
