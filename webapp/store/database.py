"""How the database is opened, the same for the web and the worker."""

import sqlite3
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-32000",
)
BINARY_ANSWERS = "binary_answers"
IDLE_TRANSACTION_MS = 15_000
TRANSACTION_WAS_ENDED = "25P03"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not wait for the writer, foreign keys hold, and a busy writer is waited for."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)


@event.listens_for(Engine, "connect")
def _leave_no_locks_behind(connection: Any, _record: Any) -> None:
    """A host that is cut off within a transaction would hold its trial's row for hours: PostgreSQL ends the transaction before that."""
    if hasattr(connection, "pgconn"):
        connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TRANSACTION_MS}")
        connection.commit()


@event.listens_for(Engine, "handle_error", retval=True)
def _what_was_ended_may_be_tried_again(context: ExceptionContext) -> BaseException | None:
    """Who comes back to a transaction that was ended meanwhile finds the connection gone, which is no error of the program."""
    if getattr(context.original_exception, "sqlstate", None) != TRANSACTION_WAS_ENDED:
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, context.parameters, context.original_exception)


@event.listens_for(Engine, "before_cursor_execute")
def _ask_for_binary(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
    """PostgreSQL spells bytes out as text, which takes longer than to read them; a statement with this option has them as they are."""
    if context.execution_options.get(BINARY_ANSWERS) and context.dialect.driver == "psycopg":
        from psycopg.pq import Format  # SQLite does without psycopg

        cursor.format = Format.BINARY


def open_sessions(url: str) -> sessionmaker[Session]:
    """A maker of sessions on the database at ``url``, for code outside a Flask application."""
    return sessionmaker(create_engine(url, pool_pre_ping=not url.startswith("sqlite")), expire_on_commit=False)
