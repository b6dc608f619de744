"""What happened here, and who did it: a log that is only ever added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now


class AuditEntry(Model):
    """One thing that somebody did. The database itself refuses to change or delete one (the triggers below).

    ``actor_id`` refers to nothing, so that an entry outlasts everybody; ``actor`` is what they were called then.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_action_id", "action", "id"),
        Index("ix_audit_entries_actor_id", "actor", "id"),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    ip: Mapped[str] = mapped_column(String(45), default="")


STAYS = "what is in the audit log is never changed or deleted"
SQLITE = [
    f"CREATE TRIGGER audit_entries_no_{what} BEFORE {what} ON audit_entries BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
    for what in ("update", "delete")
]
# INSERT OR REPLACE deletes what is there, and no trigger of a deletion hears of it.
IS_THERE = "EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)"
SQLITE.append(
    f"CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN {IS_THERE} "
    f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
)
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{STAYS}'; END $$",
    "CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()",
]
for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for statement in statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))
