"""What others should know after something was said: pages that are open hear of it, but none of the words.

A page asks for the comment when it hears of it, as the person who looks at it, so that nobody is told what they may not read.
"""

from collections.abc import Collection
from typing import Literal

from flask import current_app
from sqlalchemy import select

from webapp.models import Comment, Notification, User, db
from webapp.notifying import inbox
from webapp.store.news import experiment_topic, person_topic, tell

What = Literal["new", "edited", "reactions", "disabled", "restored", "deleted", "undeleted"]


def commented(comment: Comment) -> None:
    """A comment was made."""
    changed(comment, "new")


def mentioned(comment: Comment, users: Collection[User]) -> None:
    """People were named in a comment, each for the first time."""
    for user in users:
        payload = {"id": comment.id, "experiment": comment.experiment_id, "by": comment.author_id}
        tell(current_app.extensions["redis"], person_topic(user.id), "mention", payload)


def changed(comment: Comment, what: What) -> None:
    """A comment is another than it was."""
    payload = {"id": comment.id, "thread": comment.parent_id or comment.id, "what": what}
    tell(current_app.extensions["redis"], experiment_topic(comment.experiment_id), "comment", payload)
    if what in ("disabled", "restored", "deleted", "undeleted"):
        count_anew(comment)


def count_anew(comment: Comment) -> None:
    """The bells of those who were told of a comment: what nobody reads is not counted as unread."""
    session = db.session()
    told = select(Notification.user_id).where(Notification.comment_id == comment.id, Notification.in_page.is_(True))
    for user in session.scalars(select(User).where(User.id.in_(told))):
        inbox.ring(current_app.extensions["redis"], session, user)
