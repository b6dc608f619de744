"""What a person has been told. What they may no longer see is not among it."""

from collections.abc import Sequence
from typing import Any

import redis
from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from webapp import policy
from webapp.models import Comment, Experiment, Notification, User, now
from webapp.store.news import person_topic, tell

PAGE = 30


def visible(user: User) -> ColumnElement[bool]:
    """A condition on ``Notification``: that they may still see what it is about, and that nobody hid those words."""
    gone = or_(Comment.disabled.is_(True), Comment.deleted_at.is_not(None))
    hidden = select(Comment.id).where(Comment.id == Notification.comment_id, gone)
    seen = select(Experiment.id).where(Experiment.id == Notification.experiment_id, policy.seen_by(user))
    mine = Notification.user_id == user.id
    return mine & or_(Notification.experiment_id.is_(None), seen.exists()) & ~hidden.exists()


def loaded() -> Select[Notification]:
    """Notifications with what their words are made of."""
    about = (
        joinedload(Notification.experiment),
        joinedload(Notification.comment).joinedload(Comment.author),
        joinedload(Notification.trial),
        joinedload(Notification.webhook),
    )
    return select(Notification).options(*about)


def on_pages(user: User, unread: bool = False) -> Select[Notification]:
    """Those on a person's pages, or of them those that are unread."""
    query = loaded().where(visible(user), Notification.in_page.is_(True))
    return query.where(Notification.read_at.is_(None)) if unread else query


def listing(
    session: Session, user: User, *, before: int | None = None, unread: bool = False, limit: int = PAGE
) -> list[Notification]:
    """Those on the pages, the newest first; ``before`` is the id of the last one that was seen."""
    query = on_pages(user, unread)
    if before is not None:
        query = query.where(Notification.id < before)
    return list(session.scalars(query.order_by(Notification.id.desc()).limit(limit)))


def find(session: Session, user: User, notification_id: int) -> Notification | None:
    """One of theirs."""
    return session.scalar(loaded().where(visible(user), Notification.id == notification_id))


def count_unread(session: Session, user: User) -> int:
    """How many the bell shows."""
    unread = (visible(user), Notification.in_page.is_(True), Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notification).where(*unread)) or 0


def ring(client: redis.Redis | None, session: Session, user: User) -> None:
    """How many are unread, to a person's open pages."""
    tell(client, person_topic(user.id), "notification", {"unread": count_unread(session, user)})


def mark_read(session: Session, user: User, ids: Sequence[int] | None = None) -> None:
    """They have seen these, or all that is on their pages; committed. What comes by mail alone nobody has seen yet."""
    change(session, user, ids, Notification.read_at.is_(None), read_at=now())


def mark_unread(session: Session, user: User, ids: Sequence[int]) -> None:
    """They want to come back to these; committed."""
    change(session, user, ids, Notification.read_at.is_not(None), read_at=None)


def change(session: Session, user: User, ids: Sequence[int] | None, *conditions: Any, **values: Any) -> None:
    """An update of their own rows: of these, or of all on their pages."""
    which = Notification.in_page.is_(True) if ids is None else Notification.id.in_(ids)
    query = update(Notification).where(Notification.user_id == user.id, which, *conditions)
    session.execute(query.values(**values).execution_options(synchronize_session=False))
    session.commit()
