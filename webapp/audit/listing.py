"""Reading the audit log: filtered, and page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from webapp.fields import FieldProblem
from webapp.ids import LARGEST
from webapp.models import AuditEntry

FIELDS = ("actor", "action", "subject", "since", "until")
COLUMNS = ("id", "at", "actor_id", "actor", "action", "subject", "details", "ip")
PAGE, AT_ONCE, LONGEST = 50, 1000, 100
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)  # nothing is before or behind


class FilterProblem(FieldProblem):
    """Why a filter cannot be so; ``field`` names where."""


@dataclass(frozen=True)
class Filter:
    """Which entries: of whom, of what kind (``login`` means ``login.failed`` as well), about whom, of which days.

    ``subject`` is a part of what it was done to; in quotation marks, as ``exactly`` puts it, the whole.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filter":
        """As forms and addresses write it. Raises FilterProblem."""
        words = {name: given.get(name, "").strip() for name in FIELDS}
        for name, word in words.items():
            if len(word) > LONGEST:
                raise FilterProblem(name, f"{name} has at most {LONGEST} characters; you sent {len(word):,}.")
        until = day("until", words["until"])
        until = until + timedelta(days=1) if until else None
        return cls(words["actor"], words["action"], words["subject"], day("since", words["since"]), until)

    def query(self) -> Select[AuditEntry]:
        """Newest first."""
        found = select(AuditEntry).order_by(AuditEntry.id.desc())
        if self.actor:
            found = found.where(AuditEntry.actor == self.actor)
        if self.action:
            kind = AuditEntry.action == self.action
            found = found.where(kind | AuditEntry.action.startswith(f"{self.action}.", autoescape=True))
        if self.subject:
            found = found.where(about(self.subject))
        if self.since:
            found = found.where(AuditEntry.at >= self.since)
        if self.until:
            found = found.where(AuditEntry.at < self.until)
        return found


def exactly(subject: str) -> str:
    """The filter's word for entries about this and nothing of which it is a part: ``ann``, and not ``joanna``."""
    return f'"{subject}"'


def about(word: str) -> ColumnElement[bool]:
    """Whether an entry's subject is as the filter's word says."""
    if len(word) > 2 and word[0] == word[-1] == '"':
        return AuditEntry.subject == word[1:-1]
    return AuditEntry.subject.contains(word, autoescape=True)


def day(field: str, text: str) -> datetime | None:
    """The beginning of a day in UTC. Raises FilterProblem."""
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise FilterProblem(field, f"{field} is a day such as 2026-11-28; you sent “{text[:40]}”.") from error
    return min(max(found, FIRST), LAST)


def page(session: Session, wanted: Filter, before: int = 0, size: int = PAGE) -> tuple[list[AuditEntry], int]:
    """Entries older than ``before``, and the next ``before``; 0 where there are no more."""
    query = wanted.query().where(AuditEntry.id < min(before, LARGEST)) if before > 0 else wanted.query()
    found = list(session.scalars(query.limit(size + 1)))
    return found[:size], found[size - 1].id if len(found) > size else 0


def actions(session: Session) -> list[str]:
    """The kinds that there are."""
    return sorted(session.scalars(select(AuditEntry.action).distinct()))


def as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry for programs."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    return {**values, "at": entry.at.isoformat()}
