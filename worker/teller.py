"""What is new to those who watch, from a thread of its own: neither training nor a database that is slow waits for it, or it for them."""

import contextlib
import threading
import time
from queue import Empty, Queue
from typing import Any

import redis

from dlcore.events import Progress, Scalars
from webapp.store.live import points_payload, publish

REDIS_RESTS_S = 2.0
REST_OF_FLUSH_S = 0.02
MOST_UNTOLD = 10_000


class Teller:
    """Publishes the points of one attempt, those of a flush together.

    While Redis is away they wait. When too many do, the oldest are left to the database, and pages are told to begin afresh.
    """

    def __init__(self, trial_id: int, attempt: int, client: redis.Redis | None) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.client = client
        self._events: Queue[Scalars | Progress | None] = Queue()
        self._untold: list[Scalars] = []
        self._progress: dict[str, Any] = {}
        self._is_gap = False
        self._rests_until = 0.0
        self._thread = threading.Thread(target=self._work, name=f"teller-{trial_id}", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def put(self, event: Scalars | Progress) -> None:
        """Hand over what is to be told."""
        if self.client is not None:
            self._events.put(event)

    def close(self) -> None:
        """Tell the rest."""
        self._events.put(None)
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
        events: list[Scalars | Progress | None] = []
        while not events or events[-1] is not None:
            events = self._gather()
            self._untold += [event for event in events if isinstance(event, Scalars)]
            for event in events:
                if isinstance(event, Progress):
                    self._progress = progress_of(event)
            if len(events) > 1 or events[0] is not None or self._untold:
                self._tell()

    def _gather(self) -> list[Scalars | Progress | None]:
        """What waits, up to the progress that ends a flush."""
        events = [self._events.get()]
        with contextlib.suppress(Empty):
            while isinstance(events[-1], Scalars):
                events.append(self._events.get(timeout=REST_OF_FLUSH_S))
            while events[-1] is not None:
                events.append(self._events.get_nowait())
        return events

    def _tell(self) -> None:
        if self.say("points", points_payload(self.attempt, self._untold, self._progress)):
            self._untold = []
            if self._is_gap:
                self._is_gap = not self.say("resync", {})
            return
        while sum(len(piece.steps) for piece in self._untold) > MOST_UNTOLD:
            self._is_gap = True
            del self._untold[: len(self._untold) // 2 or 1]


def progress_of(event: Progress) -> dict[str, Any]:
    """As the stream and the trial's row have it."""
    return {
        "step": event.step,
        "steps": event.steps,
        "epoch": event.epoch,
        "epochs": event.epochs,
        "examples_per_second": event.examples_per_second,
    }
