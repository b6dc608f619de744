"""The declarative base, and the types and names that every table shares."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from webapp.finite import by_name

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base; constraints are named, so that migrations can alter them on any database."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

LASTING_IDS = {"sqlite_autoincrement": True}
"""The last of a table's arguments where its ids are named outside its own transactions: by Redis, files, promises, mails, addresses,
the audit log. No id is ever given again, which PostgreSQL sees to unasked; SQLite would give that of the newest row once it is deleted."""


class Json(TypeDecorator[Any]):
    """JSON that both databases keep alike. PostgreSQL takes no number that is not finite, so these are kept, and read, by name.

    Older rows of SQLite have them as they are; they are read by name, too.
    """

    impl = JSON().with_variant(JSONB(), "postgresql")
    cache_ok = True
    should_evaluate_none = True  # None is null within JSON, as it is without this class

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return by_name(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return by_name(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on every database (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
