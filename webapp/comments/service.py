"""Writing, changing and moderating comments; the pages and the API both call these."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.comments.markdown import render
from webapp.models import Comment, Experiment, User, now
from webapp.store import happenings
from webapp.tags.service import TagProblem, find_or_make, parse_tags

LONGEST = 20_000


class CommentProblem(ValueError):
    """Why a comment cannot be; ``field`` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def write(session: Session, author: User, experiment: Experiment, body: str, tags: str | list[str]) -> Comment:
    """A new comment, committed. Raises CommentProblem."""
    body, names = checked(body, tags)
    comment = Comment(author=author, experiment=experiment, body=body, body_html=render(body))
    session.add(comment)
    comment.tags = find_or_make(session, names)
    happenings.commented(session, comment)
    session.commit()
    return comment


def edit(session: Session, comment: Comment, body: str, tags: str | list[str]) -> None:
    """Other words and tags for a comment, which is marked as edited. Raises CommentProblem."""
    body, names = checked(body, tags)
    if body != comment.body:
        comment.body, comment.body_html, comment.edited_at = body, render(body), now()
        happenings.edited(session, comment)
    comment.tags = find_or_make(session, names)
    session.commit()


def of_experiment(session: Session, experiment_id: int, limit: int = 500) -> list[Comment]:
    """An experiment's comments, oldest first, with authors and tags."""
    comments = (
        select(Comment)
        .where(Comment.experiment_id == experiment_id)
        .options(joinedload(Comment.author), joinedload(Comment.experiment), selectinload(Comment.tags))
        .order_by(Comment.timestamp, Comment.id)
        .limit(limit)
    )
    return list(session.scalars(comments))


def checked(body: str, tags: str | list[str]) -> tuple[str, list[str]]:
    """The text and tag names as they are kept; raises CommentProblem."""
    body = body.replace("\r\n", "\n").strip()
    if "\x00" in body:
        raise CommentProblem("body", "A comment cannot hold the character NUL.")
    if not body:
        raise CommentProblem("body", "Please write something first.")
    if len(body) > LONGEST:
        raise CommentProblem("body", f"A comment has at most {LONGEST:,} characters; this one has {len(body):,}.")
    try:
        return body, parse_tags(tags)
    except TagProblem as problem:
        raise CommentProblem("tags", str(problem)) from problem
