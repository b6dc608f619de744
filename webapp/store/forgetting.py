"""Comments that were deleted so long ago that nobody can bring them back are forgotten for good."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import policy
from webapp.models import Comment, now

AT_ONCE = 100


def forget_comments(session: Session) -> int:
    """Forget some, in the caller's transaction, and say how many. One that was answered stays, without its words.

    Several workers may do it at the same time: on PostgreSQL each leaves alone what another is at; on SQLite there is one writer at a time.
    """
    gone = Comment.deleted_at < now() - policy.UNDO_FOR
    query = select(Comment).where(gone, Comment.body != "").limit(AT_ONCE)
    old = session.scalars(query.with_for_update(skip_locked=True)).all()
    ids = [comment.id for comment in old]
    answered = set(session.scalars(select(Comment.parent_id).where(Comment.parent_id.in_(ids)))) if ids else set()
    for comment in old:
        if comment.id in answered:
            take_words(comment)
        else:
            session.delete(comment)
    session.flush()
    return len(old)


def take_words(comment: Comment) -> None:
    """Leave of a comment its place, its author and its times."""
    comment.body = comment.body_html = ""
    comment.tags, comment.versions, comment.reactions = [], [], []
    comment.pin_trial_id = comment.pin_key = comment.pin_step = comment.pin_value = None
