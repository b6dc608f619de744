"""Permission changes and deletions enter the log by themselves: whatever route makes them, in the same transaction."""

from collections.abc import Iterator
from typing import Any

from flask import g, has_request_context
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from webapp.audit import record
from webapp.models import Comment, Comparison, Dataset, Experiment, Share, User, Visibility

Entry = tuple[str, str, dict[str, Any]]  # what, to what, and more of it


@event.listens_for(Session, "after_flush")
def follow(session: Session, _context: Any) -> None:
    """Enter what this flush did for somebody who asked for it; the entries follow before the commit."""
    if not has_request_context():
        return
    asking = g.get("_login_user")
    actor = asking if isinstance(asking, User) else None
    with session.no_autoflush:
        for action, subject, details in [*gone(session), *begun(session), *changed(session)]:
            record(session, actor, action, subject, details)


def gone(session: Session) -> Iterator[Entry]:
    """What is deleted."""
    for row in session.deleted:
        if isinstance(row, Experiment):
            yield "experiment.deleted", f"experiment {row.id}", {"title": row.title, "owner": row.owner.username}
        elif isinstance(row, Dataset):
            yield "dataset.deleted", f"data set {row.id}", {"name": row.name, "owner": row.owner.username}
        elif isinstance(row, Comparison):
            yield "comparison.deleted", f"comparison {row.id}", {"name": row.name, "owner": row.owner.username}


def begun(session: Session) -> Iterator[Entry]:
    """Whom an experiment is shared with from now on, and one that is public from the beginning."""
    for row in session.new:
        if isinstance(row, Share):
            user = row.user or session.get(User, row.user_id)
            details = {"with": user.username if user else row.user_id, "access": row.access}
            yield "experiment.shared", f"experiment {row.experiment_id}", details
        elif isinstance(row, Experiment) and row.visibility == Visibility.PUBLIC.value:
            yield "experiment.visibility", f"experiment {row.id}", {"to": row.visibility}
            yield "experiment.link-made", f"experiment {row.id}", {}


def changed(session: Session) -> Iterator[Entry]:
    """Who sees and edits an experiment, and whose comments are hidden or taken away by others."""
    for row in session.dirty:
        if isinstance(row, Experiment):
            yield from of_experiment(row)
        elif isinstance(row, Share) and (before := before_of(row, "access")):
            details = {"with": row.user.username, "from": before, "to": row.access}
            yield "experiment.shared", f"experiment {row.experiment_id}", details
        elif isinstance(row, Comment):
            yield from of_comment(row)


def of_experiment(row: Experiment) -> Iterator[Entry]:
    """What an experiment's row says of permission. The link's secret is not told."""
    if before := before_of(row, "visibility"):
        yield "experiment.visibility", f"experiment {row.id}", {"from": before, "to": row.visibility}
    for share in inspect(row).attrs["shares"].history.deleted:
        yield "experiment.unshared", f"experiment {row.id}", {"with": share.user.username}
    if is_changed(row, "link_key"):
        yield f"experiment.link-{'made' if row.link_key else 'revoked'}", f"experiment {row.id}", {}


def of_comment(row: Comment) -> Iterator[Entry]:
    """What becomes of a comment."""
    subject = f"comment {row.id}"
    details = {"author": row.author.username, "experiment": row.experiment_id}
    if is_changed(row, "deleted_at"):
        yield f"comment.{'deleted' if row.deleted_at else 'undeleted'}", subject, details
    if is_changed(row, "disabled"):
        yield f"comment.{'hidden' if row.disabled else 'restored'}", subject, details


def is_changed(row: Any, column: str) -> bool:
    """Whether this flush writes another value."""
    history = inspect(row).attrs[column].history
    return bool(history.has_changes() and list(history.added) != list(history.deleted))


def before_of(row: Any, column: str) -> Any:
    """What stood there, where something else is written; None otherwise."""
    history = inspect(row).attrs[column].history
    return history.deleted[0] if is_changed(row, column) and history.deleted else None
