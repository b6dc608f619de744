"""Entries of the audit log stay as they were written, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from webapp import audit
from webapp.models import AuditEntry


@pytest.fixture
def written(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """A database with one entry."""
    with sessions() as session:
        audit.record(session, None, "login.failed", "ada", {"why": "password"}, "203.0.113.9")
        session.commit()
    return sessions


def by_the_orm(session: Session) -> None:
    session.scalars(select(AuditEntry)).one().subject = "nobody"
    session.flush()


def replace(session: Session) -> None:
    """On SQLite by the words that delete what is in the way, of which no trigger of a deletion hears."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    head, tail = ("OR REPLACE ", "") if is_sqlite else ("", " ON CONFLICT (id) DO UPDATE SET subject = 'nobody'")
    columns = "id, at, actor, action, subject, details, ip"
    values = "1, '2026-01-01 00:00:00', '', 'login', 'nobody', '{}', ''"
    session.execute(text(f"INSERT {head}INTO audit_entries ({columns}) VALUES ({values}){tail}"))


ATTEMPTS: dict[str, Callable[[Session], object]] = {
    "update": lambda session: session.execute(update(AuditEntry).values(subject="nobody")),
    "delete": lambda session: session.execute(delete(AuditEntry)),
    "raw": lambda session: session.execute(text("DELETE FROM audit_entries WHERE id = 1")),
    "orm": by_the_orm,
    "replace": replace,
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_an_entry_can_neither_be_changed_nor_deleted(
    written: sessionmaker[Session], attempt: Callable[[Session], object]
) -> None:
    with written() as session:
        with pytest.raises(DBAPIError, match="never changed or deleted"):
            attempt(session)
        session.rollback()
        (entry,) = session.scalars(select(AuditEntry)).all()
        assert (entry.action, entry.subject, entry.details, entry.ip) == (
            "login.failed",
            "ada",
            {"why": "password"},
            "203.0.113.9",
        )


def test_what_is_rolled_back_is_not_entered(written: sessionmaker[Session]) -> None:
    with written() as session:
        audit.record(session, None, "role.changed", "ada")
        session.rollback()
        assert len(session.scalars(select(AuditEntry)).all()) == 1
