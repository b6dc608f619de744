"""Writing, changing, deleting and moderating comments; the pages and the API both call these."""

from unicodedata import category

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp import policy
from webapp.comments import events
from webapp.comments.markdown import names_in, render, words_of
from webapp.comments.people import people_named
from webapp.comments.pins import Pin, checked_pin, set_pin
from webapp.comments.problem import CommentProblem
from webapp.comments.reactions import CHOICES
from webapp.models import Comment, CommentVersion, Experiment, Reaction, User, now
from webapp.models.comment import REASON_LENGTH
from webapp.store import happenings
from webapp.store.forgetting import forget_comments
from webapp.tags.service import TagProblem, find_or_make, parse_tags

LONGEST = 20_000
MOST_VERSIONS = 100
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs by name, which are drawn as nothing


def write(
    session: Session,
    author: User,
    experiment: Experiment,
    body: str,
    tags: str | list[str],
    *,
    parent_id: int | None = None,
    pin: Pin | None = None,
) -> Comment:
    """A new comment, committed. Raises CommentProblem."""
    body, names = checked(body, tags)
    parent = checked_parent(session, author, experiment, parent_id) if parent_id is not None else None
    place = checked_pin(session, experiment, pin) if pin else None
    people = people_named(session, experiment, names_in(body))
    html = render(body, {user.username for user in people})
    comment = Comment(author=author, experiment=experiment, parent=parent, body=body, body_html=html)
    set_pin(comment, place)
    session.add(comment)
    comment.tags = find_or_make(session, names)
    mentioned = without(author, people)
    happenings.commented(session, comment, mentioned)
    session.commit()
    events.commented(comment)
    events.mentioned(comment, mentioned)
    return comment


def edit(session: Session, comment: Comment, body: str, tags: str | list[str]) -> None:
    """Other words and tags for a comment; what it said before is kept. Raises CommentProblem."""
    body, names = checked(body, tags)
    before = names_in(comment.body)
    people = people_named(session, comment.experiment, names_in(body))
    if body != comment.body:
        keep_version(session, comment)
        comment.body, comment.edited_at = body, now()
        comment.body_html = render(body, {user.username for user in people})
    comment.tags = find_or_make(session, names)
    mentioned = [user for user in without(comment.author, people) if user.username not in before]
    happenings.mentioned(session, comment, mentioned)
    session.commit()
    events.changed(comment, "edited")
    events.mentioned(comment, mentioned)


def keep_version(session: Session, comment: Comment) -> None:
    """What it says now becomes history. Raises CommentProblem."""
    count = session.scalar(select(func.count()).where(CommentVersion.comment_id == comment.id)) or 0
    if count >= MOST_VERSIONS:
        raise CommentProblem("body", f"A comment can be edited {MOST_VERSIONS} times; please write another one.")
    said_at = comment.edited_at or comment.timestamp
    session.add(CommentVersion(comment_id=comment.id, body=comment.body, timestamp=said_at))


def delete(session: Session, user: User, comment: Comment) -> None:
    """Take a comment away; for a while whoever did it can bring it back."""
    forget_comments(session)
    comment.deleted_at, comment.deleted_by_id = now(), user.id
    session.commit()
    events.changed(comment, "deleted")


def undelete(session: Session, comment: Comment) -> None:
    """Bring a comment back as it was."""
    comment.deleted_at = comment.deleted_by_id = None
    session.commit()
    events.changed(comment, "undeleted")


def moderate(session: Session, comment: Comment, disabled: bool, reason: str = "") -> None:
    """Hide a comment's words from others, with a reason if there is one to give, or show them again. Raises CommentProblem."""
    reason = " ".join(reason.split())
    if len(reason) > REASON_LENGTH:
        raise CommentProblem("reason", f"A reason has at most {REASON_LENGTH} characters; this one has {len(reason)}.")
    comment.disabled = disabled
    comment.disabled_reason = (reason or None) if disabled else None
    session.commit()
    events.changed(comment, "disabled" if disabled else "restored")


def react(session: Session, user: User, comment: Comment, name: str, on: bool) -> None:
    """Give a reaction, or take it back; to do either twice changes nothing. Raises CommentProblem."""
    if name not in CHOICES:
        raise CommentProblem("reaction", f"A reaction is one of {', '.join(CHOICES)}; you sent “{name[:40]}”.")
    which = {"comment_id": comment.id, "user_id": user.id, "name": name}
    if on:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(Reaction).values(timestamp=now(), **which).on_conflict_do_nothing())
    else:
        session.execute(sql_delete(Reaction).filter_by(**which))
    session.commit()
    events.changed(comment, "reactions")


def checked_parent(session: Session, author: User, experiment: Experiment, parent_id: int) -> Comment:
    """What a reply belongs to: the comment, or where that is a reply itself, what it replies to. Raises CommentProblem."""
    parent = session.get(Comment, parent_id)
    if parent is None or parent.experiment_id != experiment.id:
        raise CommentProblem("parent", "There is no such comment on this experiment to reply to.", "missing")
    if not policy.may_react(author, parent):
        raise CommentProblem("parent", "This comment has been taken away, so it cannot be replied to.", "taken")
    return parent.parent or parent


def without(author: User, people: list[User]) -> list[User]:
    """Nobody is told of what they said themselves."""
    return [user for user in people if user.id != author.id]


def is_seen(sign: str) -> bool:
    """Whether a character leaves a mark: neither a blank nor one of those that only say how others are set."""
    return category(sign)[0] not in "ZC" and sign not in BLANK


def check_length(body: str) -> None:
    """Raises CommentProblem."""
    if len(body) > LONGEST:
        raise CommentProblem("body", f"A comment has at most {LONGEST:,} characters; this one has {len(body):,}.")


def checked(body: str, tags: str | list[str]) -> tuple[str, list[str]]:
    """The text and tag names as they are kept; raises CommentProblem."""
    body = body.replace("\r\n", "\n").strip()
    if "\x00" in body:
        raise CommentProblem("body", "A comment cannot hold the character NUL.")
    if not body:
        raise CommentProblem("body", "Please write something first.")
    check_length(body)
    if not any(is_seen(sign) for sign in words_of(body)):
        raise CommentProblem("body", "Nothing of this could be seen. Please write something that others can read.")
    try:
        return body, parse_tags(tags)
    except TagProblem as problem:
        raise CommentProblem("tags", str(problem)) from problem
