"""Events to the store, from a thread of its own, so that training never waits for it; a teller tells the stream."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import Any

import redis
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Checkpoint, Event, Histogram, Picture, Progress, Report, Results, Scalars, Text
from webapp.formatting import iso
from webapp.models import LogLine, now
from webapp.settings import Settings
from webapp.store import artifacts, curves, histograms, leases
from webapp.store.storage import storage_of
from worker import checkpoints
from worker.sender import GIVES_UP_S, Made, Sender
from worker.teller import Teller, progress_of

log = logging.getLogger(__name__)
DURABLE_EVERY_S = 1.0
DURABLE_POINTS = 4096
TIDY_EVERY_S = 30.0
WAITING_EVENTS = 2000
TRIES = 30


class Writer:
    """Takes the events of one attempt: live at once, durable every second or 4,096 points, the lease renewed every second."""

    def __init__(
        self,
        trial_id: int,
        attempt: int,
        sessions: sessionmaker[Session],
        client: redis.Redis | None,
        settings: Settings,
    ) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.sessions = sessions
        self.settings = settings
        self.storage = storage_of(settings, patience_s=min(10.0, settings.lease_s / 3))
        self.teller = Teller(trial_id, attempt, client)
        self.stop_requested = False
        self.error: BaseException | None = None
        self._sender = Sender(self._keep, f"sender-{trial_id}")
        self._events: Queue[Event | None] = Queue(WAITING_EVENTS)
        self._scalars: list[Scalars] = []
        self._points = 0
        self._progress: dict[str, Any] = {}
        self._results: dict[str, Any] = {}
        self._last_durable = self._last_tidy = time.monotonic()
        self._thread = threading.Thread(target=self._work, name=f"writer-{trial_id}")

    def start(self) -> None:
        """Begin to take events."""
        self.teller.start()
        self._sender.start()
        self._thread.start()

    def put(self, event: Event) -> None:
        """Hand over an event; waits only when thousands are waiting already."""
        if isinstance(event, Scalars | Progress):
            self.teller.put(event)
        self._hand_over(event)

    def _hand_over(self, event: Event | None) -> None:
        while self._thread.is_alive():  # nobody takes events from one that has failed
            with contextlib.suppress(Full):
                self._events.put(event, timeout=0.5)
                return

    def close(self) -> None:
        """Tell and write everything that is left. Raises what went wrong, such as StaleAttempt."""
        self.teller.close()
        self._hand_over(None)
        if self._thread.is_alive():
            self._thread.join()
        if self.error is not None:
            raise self.error

    def say(self, kind: str, payload: dict[str, Any]) -> None:
        """Publish to those who watch; they can do without when Redis is away."""
        self.teller.say(kind, payload)

    def _work(self) -> None:
        try:
            open_ = True
            while open_:
                open_ = self._take()
                if self._sender.error is not None:
                    raise self._sender.error
                if (
                    not open_
                    or self._points >= DURABLE_POINTS
                    or time.monotonic() - self._last_durable >= DURABLE_EVERY_S
                ):
                    self._write(last=not open_)
            self._sender.close(self._write, patience_s=0.0 if self.stop_requested else GIVES_UP_S)
        except BaseException as error:  # the training thread raises it
            self.error = error
        finally:
            self._sender.stop()

    def _take(self) -> bool:
        """Handle the events that wait, those of a flush that are alike together; False at the end."""
        batch: list[Event | None] = []
        with contextlib.suppress(Empty):
            batch.append(self._events.get(timeout=0.1))
            while batch[-1] is not None:
                batch.append(self._events.get_nowait())
        scalars = [event for event in batch if isinstance(event, Scalars)]
        for event in batch:
            if isinstance(event, Progress):
                self._progress = progress_of(event)
        self._scalars += scalars
        self._points += sum(len(piece.steps) for piece in scalars)
        distributions = [event for event in batch if isinstance(event, Histogram)]
        if distributions:  # before any checkpoint among the events: whoever goes on from it does not measure them again
            patiently(lambda: self._keep_histograms(distributions))
        for event in batch:
            self._handle(event)
        return not batch or batch[-1] is not None

    def _handle(self, event: Event | None) -> None:
        if isinstance(event, Results):
            self._results = {"results": dict(event.values)}
        elif isinstance(event, Text):
            patiently(lambda: self._keep_text(event))
        elif isinstance(event, Picture | Report | Checkpoint):
            if isinstance(event, Checkpoint):
                patiently(self._write_once)  # first the points: whoever goes on from here does not log them again
            self._sender.put(event)

    def _keep(self, made: Made) -> None:
        if isinstance(made, Picture):
            patiently(lambda: self._keep_picture(made))
        elif isinstance(made, Report):
            patiently(lambda: self._keep_report(made))
        else:
            patiently(lambda: checkpoints.keep(self.sessions, self.storage, self.trial_id, self.attempt, made))

    def _keep_picture(self, picture: Picture) -> None:
        with self.sessions() as session:
            made = artifacts.add_picture(session, self.storage, self.trial_id, self.attempt, picture)
            session.commit()
        address = f"/artifacts/{made.id}"
        facts = {"id": made.id, "kind": made.kind, "name": made.name, "step": made.step, "epoch": made.epoch}
        self.say("picture", {**facts, "details": made.details, "url": address})

    def _keep_histograms(self, events: list[Histogram]) -> None:
        with self.sessions() as session:
            histograms.add(session, self.trial_id, self.attempt, events)
            session.commit()
        keys = sorted({event.key for event in events})
        self.say("histograms", {"attempt": self.attempt, "keys": keys, "step": max(event.step for event in events)})

    def _keep_report(self, report: Report) -> None:
        with self.sessions() as session:
            artifacts.add_report(session, self.storage, self.trial_id, self.attempt, report)
            session.commit()
        self.say("report", {"kind": report.kind, "failure": None})

    def _keep_text(self, text: Text) -> None:
        line = LogLine(
            trial_id=self.trial_id,
            attempt=self.attempt,
            at=now(),
            level=text.level,
            step=text.step,
            message=text.message,
        )
        with self.sessions() as session:
            curves.hold_attempt(session, self.trial_id, self.attempt)
            session.add(line)
            session.commit()
        self.say("log", {"at": iso(line.at), "level": text.level, "message": text.message, "step": text.step})

    def _write(self, last: bool = False) -> None:
        """Make the collected points durable and renew the lease; a database that is away is tried again in a second."""
        self._last_durable = time.monotonic()
        if last:
            patiently(self._write_once)
            return
        with contextlib.suppress(OperationalError):
            self._write_once()

    def _write_once(self) -> None:
        with self.sessions() as session:
            if self._scalars:
                curves.append(session, self.trial_id, self.attempt, self._scalars)
                if time.monotonic() - self._last_tidy > TIDY_EVERY_S:
                    curves.tidy(session, self.trial_id, self.attempt)
                    self._last_tidy = time.monotonic()
                session.commit()
                self._scalars, self._points = [], 0
            row = {key: value for key, value in self._progress.items() if key != "epochs"}
            row |= self._results
            self.stop_requested |= leases.renew(session, self.trial_id, self.attempt, self.settings.lease_s, **row)


def patiently(write: Callable[[], None]) -> None:
    """Write, again and again for about a minute while the database is away. Raises OperationalError after that."""
    for number in range(TRIES):
        try:
            write()
            return
        except OperationalError:
            if number == TRIES - 1:
                raise
            time.sleep(min(2.0, 0.2 * (number + 1)))
