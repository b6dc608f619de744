"""How the database is opened, the same for the web and the worker, and what says that it is away."""

import errno
import sqlite3
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32000",
)
BINARY_ANSWERS = "binary_answers"
AWAY = (OperationalError, InterfaceError, NoFreeConnection)
"""What is raised while the database is away, or busy for longer than it is waited for."""
IDLE_TRANSACTION_MS = 15_000
TRANSACTION_WAS_ENDED = "25P03"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not wait for the writer, foreign keys hold, a busy writer is waited for, and every letter has its lower case."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)
        connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    """SQLite's own ``lower`` knows the case of ASCII alone. No index may be made of it: other programs have theirs."""
    return value.lower() if isinstance(value, str) else value


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


@event.listens_for(Engine, "do_connect")
def _connect_punctually(dialect: Any, _record: Any, arguments: Any, parameters: dict[str, Any]) -> Any:
    """PostgreSQL is not waited for without end; None leaves other databases to SQLAlchemy."""
    if dialect.driver != "psycopg":
        return None
    from webapp.store.punctual import connect

    return connect(*arguments, **parameters)


def engine_options(url: str, answer_within_s: float) -> dict[str, Any]:
    """What an engine for the database at ``url`` is made with: how long a statement, or a busy writer, is waited for."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": answer_within_s}}
    at_server = f"-c statement_timeout={int(answer_within_s * 1000)}"
    limits = {"connect_timeout": 2, "answer_within_s": answer_within_s, "options": at_server}
    return {"pool_pre_ping": True, "pool_timeout": 1.5, "connect_args": limits}


def open_sessions(url: str, answer_within_s: float = 10.0) -> sessionmaker[Session]:
    """A maker of sessions on the database at ``url``, for code outside a Flask application."""
    return sessionmaker(create_engine(url, **engine_options(url, answer_within_s)), expire_on_commit=False)


def is_full_disk(error: BaseException) -> bool:
    """Whether something could not be written because there is no room left, however its library says so."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    words = str(error).lower()
    return "no space left on device" in words or "disk is full" in words
