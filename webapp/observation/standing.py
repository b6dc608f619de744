"""What the database knows of people's trials: how many wait and run, and whose."""

from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from webapp import policy
from webapp.models import Experiment, State, Trial, User, now

LIVELY = (State.QUEUED.value, State.RUNNING.value)


def waiting(session: Session) -> dict[str, int]:
    """How many trials wait, by queue; queues where none does are left out."""
    query = select(Trial.queue, func.count()).where(Trial.state == State.QUEUED.value)
    return dict(session.execute(query.group_by(Trial.queue)).all())


def by_state(session: Session) -> dict[str, int]:
    """How many trials there are, by state."""
    found = dict(session.execute(select(Trial.state, func.count()).group_by(Trial.state)).all())
    return {state.value: found.get(state.value, 0) for state in State}


def oldest_waits_s(session: Session) -> float | None:
    """For how long the oldest queued trial has been there."""
    oldest = session.scalar(select(func.min(Trial.created_at)).where(Trial.state == State.QUEUED.value))
    return (now() - oldest).total_seconds() if oldest else None


def by_person(session: Session, most_running: int) -> list[Row[Any]]:
    """(username, running, waiting, limit) of those who have any, the most running first."""
    running = func.sum(case((Trial.state == State.RUNNING.value, 1), else_=0))
    queued = func.sum(case((Trial.state == State.QUEUED.value, 1), else_=0))
    query = (
        select(User.username, running, queued, func.coalesce(User.most_running, most_running))
        .join(Experiment, Experiment.owner_id == User.id)
        .join(Trial)
        .where(Trial.state.in_(LIVELY))
        .group_by(User.id)
        .order_by(running.desc(), queued.desc(), User.username)
    )
    return list(session.execute(query.limit(50)))


def titles(session: Session, viewer: User, trial_ids: list[int]) -> dict[int, Any]:
    """(trial, experiment, number, title, step, steps) of trials whose experiments the viewer sees, by id."""
    query = select(Trial.id, Trial.experiment_id, Trial.number, Experiment.title, Trial.step, Trial.steps)
    return {
        row.id: row
        for row in session.execute(query.join(Experiment).where(Trial.id.in_(trial_ids), policy.seen_by(viewer)))
    }
