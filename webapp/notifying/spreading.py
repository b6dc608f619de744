"""From what happened to those whom it concerns: their notifications, and what is to be sent to their webhooks.

A happening is deleted in the transaction that writes them, so that of several workers one does it, and once.
"""

import logging
from collections.abc import Mapping

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from dlcore.errors import Diverged
from webapp import policy
from webapp.models import (
    Channel,
    Comment,
    Experiment,
    Happened,
    Happening,
    Kind,
    Notification,
    NotificationChoice,
    Rhythm,
    State,
    Trial,
    User,
    Watch,
    Webhook,
    WebhookDelivery,
)
from webapp.notifying import choices
from webapp.store.database import AWAY

log = logging.getLogger(__name__)
AT_ONCE = 100
People = dict[int, tuple[Kind, ...]]


def spread(session: Session) -> set[int]:
    """Do what is promised; the ids of those who have a new notification on their pages."""
    waiting = session.scalars(select(Happening.id).order_by(Happening.id).limit(AT_ONCE)).all()
    session.rollback()
    told: set[int] = set()
    for happening_id in waiting:
        try:
            told |= spread_one(session, happening_id)
        except IntegrityError:  # what it is about was deleted at this moment, and the promise goes with it
            session.rollback()
        except AWAY:
            raise
        except Exception:  # it is tried again, and keeps no other waiting
            session.rollback()
            log.exception("people cannot be told of happening %s", happening_id)
    return told


def spread_one(session: Session, happening_id: int) -> set[int]:
    """One of them, in a transaction of its own."""
    happening = session.get(Happening, happening_id)
    if happening is None or not claimed(session, happening):
        session.rollback()
        return set()
    experiment, source, people = concerned(session, happening)
    told = write(session, happening, experiment, source, people) if experiment and people else set()
    session.commit()
    return told


def claimed(session: Session, happening: Happening) -> bool:
    """Whether this transaction, and no other, sees to it."""
    session.expunge(happening)
    gone = session.execute(
        delete(Happening).where(Happening.id == happening.id).returning(Happening.id),
        execution_options={"synchronize_session": False},
    )
    return gone.first() is not None


def concerned(session: Session, happening: Happening) -> tuple[Experiment | None, str, People]:
    """About which experiment it is, of what it was made, and what it is to whom; what counts for more stands first."""
    if happening.trial_id is not None:
        trial = session.get_one(Trial, happening.trial_id, options=[joinedload(Trial.experiment)])
        everybody = {trial.experiment.owner_id, *watchers(session, trial.experiment_id)}
        return trial.experiment, f"trial:{trial.id}", dict.fromkeys(everybody, (kind_of(trial),))
    comment = session.get_one(Comment, happening.comment_id, options=[joinedload(Comment.experiment)])
    people: People = dict.fromkeys(happening.mentioned, (Kind.MENTION,))
    if happening.what == Happened.COMMENTED.value:
        others = {comment.experiment.owner_id, *writers(session, comment), *watchers(session, comment.experiment_id)}
        for user_id in others:
            people[user_id] = (*people.get(user_id, ()), Kind.COMMENT)
    people.pop(comment.author_id, None)
    return comment.experiment, f"comment:{comment.id}", {} if comment.is_deleted else people


def kind_of(trial: Trial) -> Kind:
    """How a trial ended."""
    if trial.state != State.FAILED.value:
        return Kind.ENDED
    return Kind.DIVERGED if Diverged.says(trial.failure or "") else Kind.FAILED


def writers(session: Session, comment: Comment) -> list[int]:
    """Who wrote earlier in the same thread."""
    first = comment.parent_id or comment.id
    thread = or_(Comment.id == first, Comment.parent_id == first)
    earlier = (thread, Comment.id < comment.id, Comment.deleted_at.is_(None))
    return list(session.scalars(select(Comment.author_id).where(*earlier).distinct()))


def watchers(session: Session, experiment_id: int) -> list[int]:
    """Who wants to hear of everything about an experiment."""
    query = select(Watch.user_id).where(Watch.experiment_id == experiment_id, Watch.muted.is_(False))
    return list(session.scalars(query))


def write(session: Session, happening: Happening, experiment: Experiment, source: str, people: People) -> set[int]:
    """The notifications of those who may see the experiment and want to hear of it; who has a new one on their pages."""
    muted = select(Watch.user_id).where(Watch.experiment_id == experiment.id, Watch.muted.is_(True))
    known = select(Notification.user_id).where(Notification.source == source)
    query = select(User).where(User.id.in_(people), User.id.not_in(muted), User.id.not_in(known))
    users = [user for user in session.scalars(query) if user.is_active and policy.may_see(user, experiment)]
    chosen = choices.of_people(session, [user.id for user in users])
    webhooks = webhooks_of(session, [user.id for user in users])
    told = set()
    for user in users:
        about = {"experiment_id": experiment.id, "comment_id": happening.comment_id, "trial_id": happening.trial_id}
        ways = {kind: choices.channels_for(chosen.get(user.id), kind) for kind in people[user.id]}
        made = notification_for(user, ways, chosen.get(user.id), source=source, **about)
        wanted = any(Channel.WEBHOOK in channels for channels in ways.values())
        addresses = webhooks.get(user.id, []) if wanted else []
        if not (made.in_page or made.by_mail or addresses):
            continue
        session.add(made)
        session.add_all(WebhookDelivery(webhook_id=webhook_id, notification=made) for webhook_id in addresses)
        if made.in_page:
            told.add(user.id)
    return told


def notification_for(
    user: User, ways: Mapping[Kind, set[Channel]], choice: NotificationChoice | None, **about: object
) -> Notification:
    """What somebody is told, by every way that they chose for what it is to them; it is called the first that they want to hear of."""
    kind = next((kind for kind, channels in ways.items() if channels), next(iter(ways)))
    channels = set().union(*ways.values())
    gets_mail = choice is not None and choice.rhythm != Rhythm.OFF.value and Channel.MAIL in channels
    return Notification(user_id=user.id, kind=kind.value, in_page=Channel.PAGE in channels, by_mail=gets_mail, **about)


def webhooks_of(session: Session, user_ids: list[int]) -> dict[int, list[int]]:
    """{person: [their webhooks that are on]}."""
    query = select(Webhook.user_id, Webhook.id).where(Webhook.user_id.in_(user_ids), Webhook.active.is_(True))
    found: dict[int, list[int]] = {}
    for user_id, webhook_id in session.execute(query):
        found.setdefault(user_id, []).append(webhook_id)
    return found
