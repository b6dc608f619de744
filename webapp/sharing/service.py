"""Saying who sees an experiment; the pages and the API both call these, then ``keep``."""

from typing import NoReturn

import redis
from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from webapp.fields import FieldProblem
from webapp.models import Access, Experiment, Share, User, Visibility
from webapp.models.share import new_link_key
from webapp.store.access import tell_watchers

MOST_SHARES = 100
DEFAULTS = (Visibility.OPEN, Visibility.PRIVATE)
WORDS = {
    Visibility.PRIVATE: "Only you and administrators see it.",
    Visibility.SHARED: "The people named below see it.",
    Visibility.OPEN: "Everyone signed in sees it.",
    Visibility.PUBLIC: "Everyone signed in sees it, and anyone who has its link, without an account.",
}


class SharingProblem(FieldProblem):
    """Why something cannot be shared so; ``field`` names where."""


class ChangedMeanwhile(Exception):
    """Somebody else said at the same moment who sees it; nothing of this one's was kept."""

    def __init__(self) -> None:
        super().__init__("Somebody changed at the same moment who sees this. Please look again.")


def keep(session: Session, client: redis.Redis | None) -> None:
    """Commit what was changed, and tell the streams that are open. Raises ChangedMeanwhile."""
    try:
        session.commit()
    except (IntegrityError, StaleDataError) as error:
        session.rollback()
        raise ChangedMeanwhile from error
    tell_watchers(client)


def read_visibility(text: str, choices: tuple[Visibility, ...] = tuple(Visibility)) -> Visibility:
    """The visibility that a word names. Raises SharingProblem."""
    if text not in choices:
        words = [choice.value for choice in choices]
        told = f"The visibility must be {', '.join(words[:-1])} or {words[-1]}; you sent “{text[:40]}”."
        raise SharingProblem("visibility", told)
    return Visibility(text)


def set_visibility(experiment: Experiment, visibility: Visibility) -> None:
    """Who sees it; not committed. A link is there exactly while it is public, and one that was taken away never works again."""
    experiment.visibility = visibility.value
    if visibility is not Visibility.PUBLIC:
        experiment.link_key = None
    elif experiment.link_key is None:
        experiment.link_key = new_link_key()


def make_link(experiment: Experiment) -> None:
    """Make it public by a new link; the one before, if there was one, leads nowhere from now on. Not committed."""
    experiment.visibility = Visibility.PUBLIC.value
    experiment.link_key = new_link_key()


def revoke_link(experiment: Experiment) -> None:
    """The link leads nowhere any more; who is signed in sees the experiment as before. Not committed."""
    if experiment.visibility == Visibility.PUBLIC.value:
        set_visibility(experiment, Visibility.OPEN)


def share(session: Session, experiment: Experiment, username: str, access: str) -> Share:
    """Share it with a person, or change what they may do; not committed. What was private becomes shared. Raises SharingProblem."""
    person = find_person(session, username)
    if access not in tuple(Access):
        raise SharingProblem("access", f"The access must be view or edit; you sent “{access[:40]}”.")
    if person.id == experiment.owner_id:
        raise SharingProblem(
            "username", f"{person.shown_name} owns this experiment, and may do everything with it.", "taken"
        )
    there = next((one for one in experiment.shares if one.user_id == person.id), None)
    if there is None:
        if len(experiment.shares) >= MOST_SHARES:
            raise SharingProblem(
                "username", f"An experiment is shared with at most {MOST_SHARES} people; open it instead."
            )
        there = Share(user=person, user_id=person.id)
        experiment.shares.append(there)
    there.access = access
    if experiment.visibility == Visibility.PRIVATE.value:
        set_visibility(experiment, Visibility.SHARED)
    return there


def unshare(experiment: Experiment, person_id: int) -> None:
    """Share it no longer with a person; not committed. What is shared with nobody is private."""
    experiment.shares = [one for one in experiment.shares if one.user_id != person_id]
    if not experiment.shares and experiment.visibility == Visibility.SHARED.value:
        set_visibility(experiment, Visibility.PRIVATE)


def take_out(session: Session, person_id: int, which: ColumnElement[bool] | None = None) -> None:
    """Share none of these experiments with a person, by default none at all; not committed. What is shared with nobody is private."""
    which = true() if which is None else which
    theirs = select(Share.experiment_id).where(Share.user_id == person_id)
    others = select(Share.user_id).where(Share.experiment_id == Experiment.id, Share.user_id != person_id).exists()
    alone = update(Experiment).where(which, Experiment.visibility == Visibility.SHARED.value, ~others)
    alone = alone.where(Experiment.id.in_(theirs))
    session.execute(alone.values(visibility=Visibility.PRIVATE.value, updated_at=Experiment.updated_at))
    these = select(Experiment.id).where(which)
    session.execute(delete(Share).where(Share.user_id == person_id, Share.experiment_id.in_(these)))


def find_person(session: Session, username: str) -> User:
    """The person of this name. Raises SharingProblem."""
    name = username.strip().lstrip("@").lower()
    found = (
        session.scalar(select(User).where(User.username == name, User.deactivated_at.is_(None)))
        if name and "\x00" not in name
        else None
    )
    return found or nobody(username)


def nobody(username: str) -> NoReturn:
    """Raises SharingProblem."""
    if not username.strip():
        raise SharingProblem("username", "Please name somebody.")
    raise SharingProblem("username", f"There is nobody called “{username.strip()[:40]}” here.", "missing")
