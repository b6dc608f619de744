"""What is new to those who watch, from a thread of its own: neither training nor a database that is slow waits for it, or it for them."""

import contextlib
import threading
import time
from queue import Empty, Queue
from typing import Any

import redis

from dlcore.events import Progress, Scalars
from webapp import logs
from webapp.store import tallies
from webapp.store.live import points_payload, publish

REDIS_RESTS_S = 2.0
MOST_UNTOLD = 10_000


class Teller:
    """Publishes the points of one attempt, those of a flush together.

    While Redis is away they wait. When too many do, the oldest are left to the database, and pages are told to begin afresh.
    """

    def __init__(self, trial_id: int, attempt: int, client: redis.Redis | None) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.client = client
        self.submitted_at: float | None = None  # of a trial that nobody has seen a point of yet
        self._flush: list[Scalars | Progress] = []
        self._flushes: Queue[list[Scalars | Progress] | None] = Queue()
        self._untold: list[Scalars] = []
        self._progress: dict[str, Any] = {}
        self._is_gap = False
        self._rests_until = 0.0
        self._thread = threading.Thread(target=logs.carried(self._work), name=f"teller-{trial_id}", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def put(self, event: Scalars | Progress) -> None:
        """Hand over what is to be told: with the progress that ends a flush, as each time that a thread wakes costs training."""
        if self.client is None:
            return
        self._flush.append(event)
        if isinstance(event, Progress):
            self._hand_over()

    def _hand_over(self) -> None:
        self._flushes.put(self._flush)
        self._flush = []

    def close(self) -> None:
        """Tell the rest."""
        self._hand_over()
        self._flushes.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def say(self, kind: str, payload: dict[str, Any]) -> bool:
        """Publish a message now; False when Redis is away, which is not asked again for some seconds."""
        if self.client is None or time.monotonic() < self._rests_until:
            return False
        try:
            publish(self.client, self.trial_id, kind, payload)
        except redis.RedisError:
            self._rests_until = time.monotonic() + REDIS_RESTS_S
            return False
        return True

    def _work(self) -> None:
        open_ = True
        while open_:
            flushes = [self._flushes.get()]
            with contextlib.suppress(Empty):
                while flushes[-1] is not None:
                    flushes.append(self._flushes.get_nowait())
            open_ = flushes[-1] is not None
            events = [event for flush in flushes for event in flush or ()]
            self._untold += [event for event in events if isinstance(event, Scalars)]
            for event in events:
                if isinstance(event, Progress):
                    self._progress = progress_of(event)
            if events or self._untold:
                self._tell()

    def _tell(self) -> None:
        if self.say("points", points_payload(self.attempt, self._untold, self._progress)):
            if self._untold and self.submitted_at is not None:
                self._count_first_point(self.submitted_at)
            self._untold = []
            if self._is_gap:
                self._is_gap = not self.say("resync", {})
            return
        while sum(len(piece.steps) for piece in self._untold) > MOST_UNTOLD:
            self._is_gap = True
            del self._untold[: len(self._untold) // 2 or 1]

    def _count_first_point(self, submitted_at: float) -> None:
        self.submitted_at = None
        with contextlib.suppress(redis.RedisError):
            if self.client is not None:
                tallies.observe(self.client, tallies.FIRST_POINT, time.time() - submitted_at)


def progress_of(event: Progress) -> dict[str, Any]:
    """As the stream and the trial's row have it."""
    return {
        "step": event.step,
        "steps": event.steps,
        "epoch": event.epoch,
        "epochs": event.epochs,
        "examples_per_second": event.examples_per_second,
    }
