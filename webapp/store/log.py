"""Points that are logged one by one, by hand."""

import time
from types import TracebackType
from typing import Self

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Scalars
from webapp.store import curves

FULL_POINTS = 4 * curves.CHUNK_POINTS
WRITE_EVERY_S = 1.0


class CurveLog:
    """Gathers the points of a trial's curves, and writes them in chunks: every second, and whenever 16,384 have gathered.

        with CurveLog(sessions, trial_id, attempt) as log:
            for step in range(1_000_000):
                log.add("train/loss", step, train())

    It has no thread of its own, so ``add`` now and then takes the milliseconds that a write takes, and when ``add`` is not
    called for long, ``flush`` makes durable what waits. What could not be written stays, and is written the next time.
    """

    def __init__(self, sessions: sessionmaker[Session], trial_id: int, attempt: int) -> None:
        self.sessions = sessions
        self.trial_id = trial_id
        self.attempt = attempt
        self._curves: dict[str, tuple[list[int], list[float], list[float]]] = {}
        self._room = FULL_POINTS
        self._due = time.monotonic() + WRITE_EVERY_S
        self._writes = 0

    def add(self, key: str, step: int, value: float, at: float | None = None) -> None:
        """A point, of now unless ``at`` (Unix seconds); one at or before its curve's last step is left out.

        Raises StaleAttempt, OperationalError.
        """
        if key not in self._curves:
            self._curves[key] = [], [], []
        steps, values, times = self._curves[key]
        steps.append(step)
        values.append(value)
        times.append(time.time() if at is None else at)
        self._room -= 1
        if self._room <= 0 or time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Make durable what waits. Raises StaleAttempt, OperationalError."""
        self._due = time.monotonic() + WRITE_EVERY_S
        if not self._curves:
            return
        points = [
            Scalars(key, np.array(steps, np.int64), np.array(values, np.float64), np.array(times, np.float64))
            for key, (steps, values, times) in self._curves.items()
        ]
        with self.sessions() as session:
            curves.append(session, self.trial_id, self.attempt, points)
            if self._writes % curves.MERGE_FROM_ROWS == curves.MERGE_FROM_ROWS - 1:
                curves.tidy(session, self.trial_id, self.attempt)
            session.commit()
        self._writes += 1
        self._curves, self._room = {}, FULL_POINTS

    def close(self) -> None:
        """Write what is left, and make full chunks of small ones. Raises StaleAttempt, OperationalError."""
        self.flush()
        with self.sessions() as session:
            curves.merge(session, self.trial_id, self.attempt)
            session.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
