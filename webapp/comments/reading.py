"""Finding comments, with all that is shown of them, for somebody who reads them."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from webapp import policy
from webapp.models import Comment, Reaction, User, now

MOST = 500
LOADED = (
    joinedload(Comment.author),
    joinedload(Comment.experiment),
    joinedload(Comment.pin_trial),
    selectinload(Comment.tags),
    selectinload(Comment.reactions).joinedload(Reaction.user),
)


class Thread(NamedTuple):
    """A comment and the replies to it, oldest first."""

    first: Comment
    replies: list[Comment]


class Latest(NamedTuple):
    """Comments, oldest first. ``earlier``: the number before which there are others; None where these are all."""

    comments: list[Comment]
    earlier: int | None


def of_experiment(session: Session, experiment_id: int, before: int | None = None, limit: int = MOST) -> Latest:
    """An experiment's latest comments, or the latest ``before`` a number, with what they reply to and what was deleted."""
    latest = select(Comment).where(Comment.experiment_id == experiment_id).options(*LOADED)
    latest = latest.order_by(Comment.id.desc()).limit(limit + 1)
    if before is not None:
        latest = latest.where(Comment.id < before)
    rows = session.scalars(latest).all()
    found = {comment.id: comment for comment in rows[:limit]}
    earlier = min(found) if len(rows) > limit else None
    missing = {comment.parent_id for comment in found.values() if comment.parent_id is not None} - set(found)
    if missing:
        found |= {
            one.id: one for one in session.scalars(select(Comment).where(Comment.id.in_(missing)).options(*LOADED))
        }
    return Latest([found[number] for number in sorted(found)], earlier)


def threads_of(comments: Collection[Comment], reader: User) -> list[Thread]:
    """Comments with their replies. One that was deleted stays where it was answered, or where the reader can bring it back."""
    shown = [comment for comment in comments if not comment.is_deleted or policy.may_undelete_comment(reader, comment)]
    replies: dict[int, list[Comment]] = {}
    for comment in shown:
        if comment.parent_id is not None:
            replies.setdefault(comment.parent_id, []).append(comment)
    firsts = [
        comment for comment in comments if comment.parent_id is None and (comment in shown or comment.id in replies)
    ]
    return [Thread(first, replies.get(first.id, [])) for first in firsts]


def shown_to(reader: User) -> ColumnElement[bool]:
    """Which comments are shown, as in ``threads_of``."""
    reply = aliased(Comment)
    answered = exists().where(reply.parent_id == Comment.id, not_gone(reply, reader))
    return or_(not_gone(Comment, reader), answered)


def not_gone(comment: type[Comment], reader: User) -> ColumnElement[bool]:
    """Which comments are not deleted, or were by this reader a short while ago."""
    lately = and_(comment.deleted_by_id == reader.id, comment.deleted_at > now() - policy.UNDO_FOR)
    return or_(comment.deleted_at.is_(None), lately if policy.may_submit(reader) else false())


def is_gone(session: Session, comment: Comment, reader: User) -> bool:
    """Deleted, and neither to be brought back by this reader nor answered."""
    if not comment.is_deleted or policy.may_undelete_comment(reader, comment):
        return False
    return not replies_to(session, comment, reader)


def counts(session: Session, reader: User, experiment_ids: Collection[int]) -> dict[int, int]:
    """How many comments experiments have, of those that a person may see and that have any."""
    rows = session.execute(
        select(Comment.experiment_id, func.count())
        .join(Comment.experiment)
        .where(Comment.experiment_id.in_(experiment_ids), Comment.deleted_at.is_(None), policy.seen_by(reader))
        .group_by(Comment.experiment_id)
    )
    return {row[0]: row[1] for row in rows}


def find(session: Session, comment_id: int) -> Comment | None:
    """A comment with all that is shown of it, as it is now."""
    query = select(Comment).where(Comment.id == comment_id).options(*LOADED)
    return session.scalar(query, execution_options={"populate_existing": True})


def replies_to(session: Session, comment: Comment, reader: User) -> list[Comment]:
    """What is shown below a comment."""
    query = (
        select(Comment).where(Comment.parent_id == comment.id).options(*LOADED).order_by(Comment.timestamp, Comment.id)
    )
    return [reply for thread in threads_of([comment, *session.scalars(query)], reader) for reply in thread.replies]
