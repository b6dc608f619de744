"""What a person chose to be told, and by which way."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.fields import FieldProblem
from webapp.models import Channel, Experiment, Kind, Notification, NotificationChoice, Rhythm, User, Watch

Matrix = dict[str, list[str]]

CHOSEN = (Kind.MENTION, Kind.COMMENT, Kind.ENDED, Kind.FAILED, Kind.DIVERGED)  # the rest comes whatever one chose
WORDS = {
    Kind.MENTION: "Somebody mentions me in a comment",
    Kind.COMMENT: "A comment on my experiment, or in a thread that I wrote in",
    Kind.ENDED: "A trial of mine is completed or stopped",
    Kind.FAILED: "A trial of mine failed",
    Kind.DIVERGED: "A trial of mine diverged: its loss became NaN or infinite",
}
CHANNEL_WORDS = {Channel.PAGE: "Page", Channel.MAIL: "E-mail", Channel.WEBHOOK: "Webhook"}
RHYTHM_WORDS = {
    Rhythm.OFF: "Never",
    Rhythm.AT_ONCE: "At once",
    Rhythm.HOURLY: "Every hour, when there is news",
    Rhythm.DAILY: "Once a day, when there is news",
}
WATCHING = ("involved", "watch", "mute")


class ChoiceProblem(FieldProblem):
    """Why something cannot be chosen; ``field`` names where."""


def of_person(session: Session, user_id: int) -> NotificationChoice:
    """What they chose; a fresh row with the defaults, which is not in the database, where they never did."""
    found = session.get(NotificationChoice, user_id)
    return found or NotificationChoice(user_id=user_id, channels={}, rhythm=Rhythm.OFF.value, hour=7)


def of_people(session: Session, user_ids: Iterable[int]) -> dict[int, NotificationChoice]:
    """The same for several."""
    query = select(NotificationChoice).where(NotificationChoice.user_id.in_(list(user_ids)))
    return {choice.user_id: choice for choice in session.scalars(query)}


def channels_for(choice: NotificationChoice | None, kind: Kind) -> set[Channel]:
    """By which ways somebody hears of ``kind``: by all where they chose nothing else."""
    if choice is None or kind.value not in choice.channels:
        return set(Channel)
    return {Channel(word) for word in choice.channels[kind.value]}


def matrix(choice: NotificationChoice) -> Matrix:
    """{kind: [channels]} of every kind that can be chosen."""
    return {kind.value: [c.value for c in Channel if c in channels_for(choice, kind)] for kind in CHOSEN}


def choose(session: Session, user_id: int, channels: Mapping[str, Any], rhythm: str, hour: int) -> NotificationChoice:
    """Keep what a person wants from now on, committed; kinds that are left out stay. Raises ChoiceProblem."""
    choice = of_person(session, user_id)
    mailed = kinds_mailed(choice)
    choice.channels = {**choice.channels, **checked(channels)}
    if rhythm not in set(Rhythm):
        raise ChoiceProblem("rhythm", f"rhythm must be one of {', '.join(Rhythm)}; it is “{rhythm[:40]}”.")
    if not 0 <= hour <= 23:
        raise ChoiceProblem("hour", f"hour must be between 0 and 23; it is {hour}.")
    choice.rhythm, choice.hour = rhythm, hour
    session.merge(choice)
    mail_no_more(session, user_id, mailed - kinds_mailed(choice))
    session.commit()
    return choice


def kinds_mailed(choice: NotificationChoice) -> set[Kind]:
    """What comes by mail."""
    if choice.rhythm == Rhythm.OFF.value:
        return set()
    return {kind for kind in CHOSEN if Channel.MAIL in channels_for(choice, kind)}


def mail_no_more(session: Session, user_id: int, kinds: Iterable[Kind]) -> None:
    """What waits for a mail, or for the mail server, waits no more, in the caller's transaction."""
    mine = (Notification.user_id == user_id, Notification.kind.in_([kind.value for kind in kinds]))
    query = update(Notification).where(*mine).values(by_mail=False, digest_id=None)
    session.execute(query.execution_options(synchronize_session=False))


def checked(channels: Mapping[str, Any]) -> Matrix:
    """The matrix as it is kept. Raises ChoiceProblem."""
    made: Matrix = {}
    for kind, words in channels.items():
        if kind not in {kind.value for kind in CHOSEN}:
            raise ChoiceProblem("channels", f"channels has no “{kind[:40]}”; it has {', '.join(CHOSEN)}.")
        if not isinstance(words, list) or not set(map(str, words)) <= set(Channel):
            raise ChoiceProblem(f"channels.{kind}", f"channels.{kind} must be a list of {', '.join(Channel)}.")
        made[kind] = [channel.value for channel in Channel if channel.value in words]
    return made


def watching(session: Session, user_id: int, experiment_id: int) -> str:
    """How somebody follows an experiment: involved (as everybody at first), watch or mute."""
    found = session.get(Watch, (user_id, experiment_id))
    return "involved" if found is None else "mute" if found.muted else "watch"


def watch(session: Session, user: User, experiment: Experiment, how: str) -> None:
    """Follow it otherwise from now on, committed. Raises ChoiceProblem."""
    if how not in WATCHING:
        raise ChoiceProblem("watching", f"watching must be one of {', '.join(WATCHING)}; it is “{how[:40]}”.")
    found = session.get(Watch, (user.id, experiment.id))
    if how == "involved" and found is not None:
        session.delete(found)
    elif how != "involved":
        session.merge(Watch(user_id=user.id, experiment_id=experiment.id, muted=how == "mute"))
    session.commit()
