"""Promises that somebody is told: a row in the transaction of what happened, so that no end of a process loses one.

``notifying/spreading.py`` makes notifications of them, in a worker, so that ending a trial costs one INSERT whoever wants to know.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from webapp.models import Comment, Happened, Happening, User


def trial_ended(session: Session, trial_id: int) -> None:
    """A trial has ended, in the caller's transaction."""
    session.add(Happening(what=Happened.TRIAL_ENDED.value, trial_id=trial_id))


def commented(session: Session, comment: Comment, mentioned: Collection[User]) -> None:
    """Somebody said something, which names people, in the caller's transaction."""
    session.flush()  # gives a new comment its number
    people = [user.id for user in mentioned]
    session.add(Happening(what=Happened.COMMENTED.value, comment_id=comment.id, mentioned=people))


def mentioned(session: Session, comment: Comment, people: Collection[User]) -> None:
    """A comment has other words, which name these people for the first time, in the caller's transaction."""
    if people:
        ids = [user.id for user in people]
        session.add(Happening(what=Happened.MENTIONED.value, comment_id=comment.id, mentioned=ids))
