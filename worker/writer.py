"""Events to the store, from a thread of its own, so that training never waits for it; a teller tells the stream."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import Any, TypeVar

import redis
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Event, Progress, Scalars, Text
from webapp import logs
from webapp.models import Request
from webapp.settings import Settings
from webapp.store.artifacts import Kept
from webapp.store.curves import StaleAttempt
from webapp.store.database import AWAY
from webapp.store.storage import storage_of
from worker.files import MADE, Files
from worker.ledger import Ledger
from worker.sender import Sender
from worker.spool import Entry
from worker.teller import Teller

log = logging.getLogger(__name__)
DURABLE_EVERY_S = 1.0
DURABLE_POINTS = 4096
LOOK_EVERY_S = 0.4
TRY_EVERY_S = 1.0
WAITING_EVENTS = 2000
STORAGE_ANSWERS_S = 10.0
GIVES_UP_S = 300.0  # a storage that is away, after the end of training
T = TypeVar("T")


class StoreBlocked(Exception):
    """Neither the database nor the spool takes what a trial logged, and its worker is to end."""


def never() -> bool:
    """Nobody asks."""
    return False


class Writer:
    """Takes the events of one attempt: live at once, durable every second or 4,096 points, the lease renewed every second."""

    def __init__(
        self,
        trial_id: int,
        attempt: int,
        sessions: sessionmaker[Session],
        client: redis.Redis | None,
        settings: Settings,
        must_hand_back: Callable[[], bool] = never,
    ) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.sessions = sessions
        self.settings = settings
        self.must_hand_back = must_hand_back
        self.teller = Teller(trial_id, attempt, client)
        self.storage = storage_of(settings, patience_s=min(STORAGE_ANSWERS_S, settings.lease_s / 3))
        self.ledger = Ledger(trial_id, attempt, sessions, settings, self.teller.say, self.discard)
        self._sender = Sender(Files(self.ledger, self.storage).keep, self.storage.discard, f"sender-{trial_id}")
        self.error: BaseException | None = None
        self._events: Queue[Entry | None] = Queue(WAITING_EVENTS)
        self._entries: list[Entry] = []
        self._points = 0
        self._is_blocked = False
        self._last_durable = self._last_look = time.monotonic()
        self._thread = threading.Thread(target=logs.carried(self._work), name=f"writer-{trial_id}")

    def start(self) -> None:
        """Begin to take events."""
        self.teller.start()
        self._sender.start()
        self._thread.start()

    def put(self, event: Event) -> None:
        """Hand over an event; waits only when thousands are waiting already."""
        if isinstance(event, Scalars | Progress):
            self.teller.put(event)
        self._hand_over(Entry(time.time(), event))

    def _hand_over(self, entry: Entry | None) -> None:
        while self._thread.is_alive():  # nobody takes events from one that has failed
            with contextlib.suppress(Full):
                self._events.put(entry, timeout=0.5)
                return

    def close(self) -> None:
        """Tell and keep everything that is left. Raises what went wrong, such as StaleAttempt."""
        self.teller.close()
        self._hand_over(None)
        if self._thread.is_alive():
            self._thread.join()
        if self.error is not None:
            raise self.error

    def say(self, kind: str, payload: dict[str, Any]) -> None:
        """Publish to those who watch; they can do without when Redis is away."""
        self.teller.say(kind, payload)

    def discard(self, key: str) -> None:
        """Have bytes deleted that no row names any more."""
        self._sender.discard(key)

    def _work(self) -> None:
        try:
            self._keep_all()
        except BaseException as error:  # the training thread raises it
            self.error = error
            if isinstance(error, StaleAttempt):
                self.ledger.refuse(self._entries)
        finally:
            self._sender.stop()

    def _keep_all(self) -> None:
        """Until the end has come, and everything is kept. Raises StaleAttempt, StoreBlocked, StorageAway."""
        give_up_at = float("inf")
        open_ = True
        while open_ or self._entries or self._sender.has_more:
            if self._is_blocked:
                time.sleep(TRY_EVERY_S)
            elif open_:
                open_ = self._take()
                give_up_at = float("inf") if open_ else time.monotonic() + GIVES_UP_S
            else:
                self._sender.wait(DURABLE_EVERY_S)
            self._add(self._sender.take())
            if not open_ or self._is_blocked or self._is_due():
                self._keep()
            elif time.monotonic() - self._last_look >= LOOK_EVERY_S:
                self.ledger.look()
                self._last_look = time.monotonic()
            if self._is_blocked and self.must_hand_back():
                raise StoreBlocked(f"trial {self.trial_id}: neither the database nor the spool takes what it logs")
            if not open_ and not self._entries:
                self._give_up_storage(give_up_at)

    def _take(self) -> bool:
        """Gather the events that wait; False at the end."""
        batch: list[Entry | None] = []
        with contextlib.suppress(Empty):
            batch.append(self._events.get(timeout=0.1))
            while batch[-1] is not None:
                batch.append(self._events.get_nowait())
        for entry in batch:
            if entry is None:
                return False
            if isinstance(entry.event, MADE):
                self._sender.put(entry)
            else:
                self._add([entry])
        return True

    def _add(self, entries: list[Entry]) -> None:
        """To what is to be made durable; a row comes after the points that were logged before what it names."""
        for entry in entries:
            if isinstance(entry.event, Kept | Text):
                self._last_durable = float("-inf")
            if isinstance(entry.event, Scalars):
                self._points += len(entry.event.steps)
        self._entries += entries

    def _give_up_storage(self, at: float) -> None:
        """Training has ended, and the storage is away: who stopped the trial does not wait, others for some minutes. Raises StorageAway."""
        away = self._sender.away
        if away is not None and self.ledger.asked is Request.STOP:
            self._sender.stop()
        elif away is not None and time.monotonic() > at:
            raise away

    def _is_due(self) -> bool:
        return self._points >= DURABLE_POINTS or time.monotonic() - self._last_durable >= DURABLE_EVERY_S

    def _keep(self) -> None:
        self._is_blocked = not self.ledger.keep(self._entries)
        if not self._is_blocked:
            self._entries, self._points = [], 0
        self._last_durable = self._last_look = time.monotonic()


def patiently(act: Callable[[], T], must_hand_back: Callable[[], bool] = never) -> T:
    """What ``act`` gives, asked for again and again while the database is away; raises that it is when the worker is to end."""
    while True:
        try:
            return act()
        except AWAY as error:
            if must_hand_back():
                raise
            log.warning("the database is away, trying again: %s", error)
            time.sleep(TRY_EVERY_S)
