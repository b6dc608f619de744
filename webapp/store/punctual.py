"""Connections to PostgreSQL that give up on a server that does not answer, frozen or cut off as it may be."""

import time
from contextvars import ContextVar
from typing import Any

import psycopg

SHORTEST_CONNECT_S = 2.0  # what psycopg waits for at the least
deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When, on the monotonic clock, whoever asks no longer waits for an answer; None when only each statement has its limit."""


class Punctual(psycopg.Connection[Any]):
    """Every statement is answered within ``answer_within_s``, or the connection is cut and OperationalError raised.

    The server's own limit does not help against one that is frozen, or behind a network that is cut.
    """

    answer_within_s: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg has it, with a limit."""
        limits = [limit for limit in (timeout, self.answer_within_s, left()) if limit is not None]
        try:
            return super().wait(gen, interval, max(0.05, min(limits)) if limits else None)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.close()  # the answer may still come, and would be taken for that of the next statement
                raise psycopg.OperationalError("the database did not answer in time") from error
            raise


def connect(*arguments: Any, answer_within_s: float | None = None, **parameters: Any) -> Punctual:
    """Connect, if there is time for it."""
    remaining = left()
    if remaining is not None and remaining < SHORTEST_CONNECT_S:
        raise psycopg.OperationalError("there is no time left to connect to the database")
    made = Punctual.connect(*arguments, **parameters)
    made.answer_within_s = answer_within_s
    return made


def left() -> float | None:
    """The seconds until the deadline; None when there is none."""
    until = deadline.get()
    return None if until is None else until - time.monotonic()
