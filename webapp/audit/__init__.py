"""The audit log: who did what, and from where. Entries are added here, and never changed or deleted."""

from typing import Any

from flask import has_request_context, request
from sqlalchemy.orm import Session

from webapp.models import AuditEntry, User

SUBJECT_LONGEST = 300


def record(
    session: Session,
    actor: User | None,
    action: str,
    subject: str = "",
    details: dict[str, Any] | None = None,
    ip: str | None = None,
) -> None:
    """Enter what ``actor`` does, in the transaction in which they do it: it is kept exactly when the deed is.

    ``action`` is a word or two of the form ``role.changed``; ``subject`` is what it is done to, as people read it:
    ``ada``, ``experiment 12``. ``details`` are JSON, and hold no secrets. Commits nothing.
    """
    if ip is None:
        ip = (request.remote_addr or "") if has_request_context() else ""
    session.add(
        AuditEntry(
            actor_id=actor.id if actor else None,
            actor=actor.username if actor else "",
            action=action,
            subject=subject[:SUBJECT_LONGEST],
            details=details or {},
            ip=ip[:45],
        )
    )
