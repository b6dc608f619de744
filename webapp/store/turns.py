"""Whose turn it is: a worker that is free takes the trial of the person who has the fewest running, so that nobody starves.

A message at the broker says no more than that there is work on a queue. Which trial is taken is decided here, when a worker
asks, by what the database says at that moment.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, func, select, update
from sqlalchemy.orm import Session

from webapp.models import Experiment, State, Trial, User, now
from webapp.store import leases

TRIES = 50
OWN_ORDER = (Trial.priority.desc(), Trial.id)
"""In which order the queued trials of one person are taken."""


def line(queue: str, most_running: int) -> Subquery:
    """The queued trials of a queue, each with its owner, how many that person has running, their limit and their last turn.

    ``nth``: this one would be the person's so manieth that runs.
    """
    busy = (
        select(Experiment.owner_id, func.count().label("running"))
        .join(Trial)
        .where(Trial.state == State.RUNNING.value)
        .group_by(Experiment.owner_id)
        .subquery()
    )
    running = func.coalesce(busy.c.running, 0)
    mine = func.row_number().over(partition_by=Experiment.owner_id, order_by=OWN_ORDER)
    return (
        select(
            Trial.id,
            Experiment.owner_id,
            running.label("running"),
            (running + mine).label("nth"),
            func.coalesce(User.most_running, most_running).label("limit"),
            User.last_turn_at,
        )
        .join(Experiment, Trial.experiment_id == Experiment.id)
        .join(User, Experiment.owner_id == User.id)
        .outerjoin(busy, busy.c.owner_id == Experiment.owner_id)
        .where(Trial.state == State.QUEUED.value, Trial.queue == queue)
        .subquery()
    )


def turns_of(queued: Subquery) -> tuple[ColumnElement[Any], ...]:
    """The order of turns: the fewest running first; then whose last turn is longest ago; then the oldest trial."""
    return queued.c.nth, queued.c.last_turn_at.asc().nulls_first(), queued.c.id


def startable(session: Session, queue: str, most_running: int, most: int) -> list[Row[Any]]:
    """The first of a queue whose owners are below their limits."""
    queued = line(queue, most_running)
    query = select(queued).where(queued.c.nth <= queued.c.limit).order_by(*turns_of(queued)).limit(most)
    return list(session.execute(query))


def take(session: Session, queue: str, worker: str, lease_s: float, most_running: int) -> tuple[int, int] | None:
    """Claim the trial whose turn it is: (trial, attempt), or None when there is none to be had.

    Its owner's row is written first, which holds off others who take a trial of the same person: the limit is exact.
    """
    for _ in range(TRIES):
        first = startable(session, queue, most_running, 1)
        if not first:
            return None
        trial_id, owner_id, limit = first[0].id, first[0].owner_id, first[0].limit
        session.execute(update(User).where(User.id == owner_id).values(last_turn_at=now()))
        attempt = leases.claim(session, trial_id, worker, lease_s, running_of(owner_id) < limit)
        if attempt is not None:
            return trial_id, attempt
    return None


def running_of(owner_id: int) -> ColumnElement[int]:
    """How many trials of a person run, in SQL."""
    others = Trial.__table__.alias()
    own = select(Experiment.id).where(Experiment.owner_id == owner_id)
    count = select(func.count()).where(others.c.state == State.RUNNING.value, others.c.experiment_id.in_(own))
    return count.scalar_subquery()


def next_of(session: Session, trial_id: int, most_running: int) -> tuple[str, int] | None:
    """(queue, trial) that can start because this one came to rest, which its owner's limit had kept from it; None if no such.

    The message of one whose owner was at their limit has been taken in vain, so there must be another.
    """
    owner = session.scalars(select(User).join(Experiment).join(Trial).where(Trial.id == trial_id)).one()
    limit = most_running if owner.most_running is None else owner.most_running
    if session.scalar(select(running_of(owner.id))) != limit - 1:
        return None
    waiting = select(Trial.queue, Trial.id).join(Experiment)
    found = session.execute(
        waiting.where(Experiment.owner_id == owner.id, Trial.state == State.QUEUED.value).order_by(*OWN_ORDER).limit(1)
    ).first()
    return (found[0], found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a queued trial stands: its place among ``length``, and how many trials of its owner run of those that may."""

    queue: str
    place: int
    length: int
    running: int
    limit: int
    by_limit: bool
    """Whether it waits for another of the same person to end, and not for a worker alone."""


def waiting(session: Session, trial: Trial, most_running: int) -> Waiting | None:
    """Why a trial has not started yet; None for one that is not queued."""
    if trial.state != State.QUEUED.value:
        return None
    queued = line(trial.queue, most_running)
    place = func.row_number().over(order_by=turns_of(queued)).label("place")
    ranked = select(queued, place, func.count().over().label("length")).subquery()
    found = session.execute(select(ranked).where(ranked.c.id == trial.id)).first()
    if found is None:  # a worker took it meanwhile
        return None
    return Waiting(trial.queue, found.place, found.length, found.running, found.limit, by_limit=found.nth > found.limit)
