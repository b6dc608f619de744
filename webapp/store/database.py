"""How the database is opened, the same for the web and the worker."""

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-32000",
)
BINARY_ANSWERS = "binary_answers"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not wait for the writer, foreign keys hold, and a busy writer is waited for."""
    if isinstance(connection, sqlite3.Connection):
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)


@event.listens_for(Engine, "before_cursor_execute")
def _ask_for_binary(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:
    """PostgreSQL spells bytes out as text, which takes longer than to read them; a statement with this option has them as they are."""
    if context.execution_options.get(BINARY_ANSWERS) and context.dialect.driver == "psycopg":
        from psycopg.pq import Format  # SQLite does without psycopg

        cursor.format = Format.BINARY


def open_sessions(url: str) -> sessionmaker[Session]:
    """A maker of sessions on the database at ``url``, for code outside a Flask application."""
    return sessionmaker(create_engine(url, pool_pre_ping=not url.startswith("sqlite")), expire_on_commit=False)
