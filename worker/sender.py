"""Pictures, reports and checkpoints of an attempt, from a thread of their own: a storage that is slow or away holds up nothing else."""

import logging
import threading
import time
from collections.abc import Callable

from dlcore.events import Checkpoint, Picture, Report
from webapp.store.storage import StorageAway

log = logging.getLogger(__name__)
Made = Picture | Report | Checkpoint
RESTS_S = 1.0  # before a storage that is away is asked again
GIVES_UP_S = 300.0  # after the end of training
MOST_WAITING = 200


class Sender:
    """Keeps what was made, one after the other. What the storage does not take now waits, in order.

    Of checkpoints that wait the newest is enough; of pictures and reports ``MOST_WAITING``.
    """

    def __init__(self, keep: Callable[[Made], None], name: str) -> None:
        self.keep = keep
        self.error: BaseException | None = None
        self.away: StorageAway | None = None
        self._waiting: list[Made] = []
        self._lost = 0
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin to keep."""
        self._thread.start()

    def put(self, made: Made) -> None:
        """Hand over; returns at once."""
        with self._changed:
            first, *others = [*self._waiting, made]  # the first is being kept now
            if isinstance(made, Checkpoint):
                others = [one for one in others if one is made or not isinstance(one, Checkpoint)]
            self._waiting = [first, *others]
            if len(self._waiting) > MOST_WAITING:
                del self._waiting[2 if isinstance(self._waiting[1], Checkpoint) else 1]
                self._lost += 1
            self._changed.notify_all()

    def close(self, meanwhile: Callable[[], None], patience_s: float = GIVES_UP_S) -> None:
        """Wait until everything is kept, and call ``meanwhile`` every second. Raises what went wrong, StorageAway in the end."""
        deadline = time.monotonic() + patience_s
        while not self._is_done(1.0) and not (self.away and time.monotonic() > deadline):
            meanwhile()
        self.stop()
        if self.error is not None:
            raise self.error
        if self._waiting and patience_s:
            raise self.away or StorageAway("What was made could not be kept.")

    def stop(self) -> None:
        """Keep nothing more."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _is_done(self, within_s: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting or self.error is not None, within_s)

    def _work(self) -> None:
        while (made := self._next()) is not None:
            try:
                self.keep(made)
            except StorageAway as error:
                self._rest(error)
                continue
            except BaseException as error:  # the writer raises it
                with self._changed:
                    self.error = error
                    self._changed.notify_all()
                return
            self._kept()

    def _next(self) -> Made | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            return self._waiting[0] if self._open else None

    def _kept(self) -> None:
        with self._changed:
            del self._waiting[0]
            self._changed.notify_all()
        if self.away:
            log.warning("the storage is back; %s pictures and reports were left out meanwhile", self._lost)
            self.away, self._lost = None, 0

    def _rest(self, error: StorageAway) -> None:
        if self.away is None:
            log.warning("%s It is asked again every %g s.", error, RESTS_S)
        self.away = error
        with self._changed:
            self._changed.wait_for(lambda: not self._open, RESTS_S)
