"""Connections to PostgreSQL that give up on a server that does not answer, frozen or cut off as it may be."""

from contextvars import ContextVar
from typing import Any

import psycopg

in_vain: ContextVar[bool | None] = ContextVar("in_vain", default=None)
"""Whether the request at hand has waited in vain already, and shall not do so twice; None outside of requests."""


class Punctual(psycopg.Connection[Any]):
    """Every statement is answered within ``answer_within_s``, or the connection is cut and OperationalError raised.

    The server's own limit does not help against one that is frozen, or behind a network that is cut.
    """

    answer_within_s: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg has it, with a limit."""
        try:
            return super().wait(gen, interval, timeout or self.answer_within_s)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                raise
            self.close()  # the answer may still come, and would be taken for that of the next statement
            if in_vain.get() is not None:
                in_vain.set(True)
            raise psycopg.OperationalError("the database did not answer in time") from error


def connect(*arguments: Any, answer_within_s: float | None = None, **parameters: Any) -> Punctual:
    """Connect, unless the request has waited enough."""
    if in_vain.get():
        raise psycopg.OperationalError("the database did not answer a moment ago")
    made = Punctual.connect(*arguments, **parameters)
    made.answer_within_s = answer_within_s
    return made
