"""Promises that somebody is told: a row in the transaction of what happened, so that no end of a process loses one.

``notifying/spreading.py`` makes notifications of them, in a worker, so that ending a trial costs one INSERT whoever wants to know.
"""

from sqlalchemy.orm import Session

from webapp.models import Comment, Happened, Happening


def trial_ended(session: Session, trial_id: int) -> None:
    """A trial has ended, in the caller's transaction."""
    session.add(Happening(what=Happened.TRIAL_ENDED.value, trial_id=trial_id))


def commented(session: Session, comment: Comment) -> None:
    """Somebody said something, in the caller's transaction."""
    session.flush()  # gives a new comment its number
    session.add(Happening(what=Happened.COMMENTED.value, comment_id=comment.id))


def edited(session: Session, comment: Comment) -> None:
    """A comment has other words, in the caller's transaction; they may mention somebody."""
    session.add(Happening(what=Happened.EDITED.value, comment_id=comment.id))
