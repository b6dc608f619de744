"""How far a download is, told to whoever listens: in a log, and to the callback of the context that reads the data."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

logger = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]
"""Is called with the bytes that have come, and with all of them where the publisher says how many there are."""

EVERY_SHARE = 0.05
EVERY_S = 1.0

_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


@contextmanager
def listening(progress: Progress) -> Iterator[None]:
    """Within this context every download calls ``progress``, so that ``Dataset.read`` needs no argument for it."""
    token = _listener.set(progress)
    try:
        yield
    finally:
        _listener.reset(token)


class Meter:
    """Says how far one download is: at its start, after every 5 % or second, and at its end."""

    def __init__(self, name: str, total: int | None, progress: Progress | None = None) -> None:
        self.name, self.total = name, total
        self.progress = progress or _listener.get()
        self.told = 0
        self.told_at = time.monotonic()
        self.tell(0)

    def advance(self, done: int) -> None:
        """``done`` bytes have come; that is told when it is worth telling."""
        enough = self.total is not None and done - self.told >= EVERY_SHARE * self.total
        if enough or time.monotonic() - self.told_at >= EVERY_S:
            self.tell(done)

    def finish(self, done: int) -> None:
        """All bytes have come."""
        if done != self.told or not done:
            self.tell(done)

    def tell(self, done: int) -> None:
        """Write to the log, and call the listener."""
        self.told, self.told_at = done, time.monotonic()
        share = f" ({done / self.total:.0%})" if self.total else ""
        logger.info("%s: %s bytes%s", self.name, f"{done:,}", share)
        if self.progress is not None:
            self.progress(done, self.total)
