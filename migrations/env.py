"""How migrations reach the database: the running application's, or the one that the caller names."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from webapp.models import db
from webapp.settings import Settings
from webapp.store import database  # noqa: F401 - prepares SQLite connections

config = context.config


def url() -> str:
    """The database's address."""
    return config.attributes.get("url") or Settings.from_environment().database


def run_offline() -> None:
    """Print the SQL."""
    context.configure(url=url(), target_metadata=db.metadata, literal_binds=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def let_tables_be_made_anew(connection: Any, _record: Any) -> None:
    """SQLite changes a table by making it anew; dropping the old one would take with it all rows elsewhere that belong to its rows."""
    connection.execute("PRAGMA foreign_keys=OFF")


def run_online() -> None:
    """Change the database."""
    engine = create_engine(url(), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", let_tables_be_made_anew)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
