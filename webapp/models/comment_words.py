"""Keeps the words by which comments are searched true: every flush that makes or changes a comment writes them, too."""

from typing import Any

from sqlalchemy import delete, event, insert, inspect
from sqlalchemy.orm import Session

from webapp.models.comment import Comment
from webapp.models.finding import CommentWord
from webapp.models.indexing import words_of

MOST_WORDS = 2000


@event.listens_for(Session, "after_flush")
def follow(session: Session, _context: Any) -> None:
    """Write the words of the comments that this flush made or changed."""
    written = [each for each in (*session.new, *session.dirty) if isinstance(each, Comment) and is_other(each)]
    if not written:
        return
    ids = [comment.id for comment in written]
    session.execute(
        delete(CommentWord).where(CommentWord.comment_id.in_(ids)).execution_options(synchronize_session=False)
    )
    rows = [{"comment_id": each.id, "word": word} for each in written for word in words_of(each.body)[:MOST_WORDS]]
    if rows:
        session.execute(insert(CommentWord.__table__), rows)  # type: ignore[arg-type]


def is_other(comment: Comment) -> bool:
    """Whether this flush writes its text."""
    attributes: Any = inspect(comment)
    return bool(attributes.attrs.body.history.has_changes())
