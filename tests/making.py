"""Rows and points that tests begin with."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Checkpoint, Scalars
from dlcore.spec import Spec
from webapp.models import Experiment, State, Trial, User
from webapp.queue import queue_for
from webapp.store import artifacts, curves, leases
from webapp.store.storage import Storage
from worker import checkpoints

SMALL = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 2, "monitor": {"every_steps": 5}}


def make_trial(sessions: sessionmaker[Session], spec: dict[str, Any] | None = None, **values: Any) -> int:
    """A queued trial of a new experiment; its id."""
    declared = Spec.model_validate(spec or SMALL)
    with sessions() as session:
        owner = session.query(User).first() or User(username="owner", email="owner@example.com")
        experiment = Experiment(owner=owner, title="A test", spec=declared.model_dump(mode="json"))
        values = {"queue": queue_for(experiment.spec), **values}
        trial = Trial(experiment=experiment, number=1, seed=declared.seed, **values)
        session.add_all([experiment, trial])
        session.commit()
        return trial.id


def running_trial(sessions: sessionmaker[Session], spec: dict[str, Any] | None = None) -> int:
    """A trial that its first attempt runs."""
    trial_id = make_trial(sessions, spec)
    with sessions() as session:
        assert leases.claim(session, trial_id, "somewhere", 60) == 1
    return trial_id


def completed_experiment(sessions: sessionmaker[Session], *trials: Sequence[Scalars], steps: int) -> int:
    """An experiment whose trials, one for each list of curves, are over; its id."""
    with sessions() as session:
        owner = session.query(User).first() or User(username="owner", email="owner@example.com")
        rows = [Trial(number=i + 1, seed=i, state="running", attempt=1, steps=steps) for i in range(len(trials))]
        spec = Spec.model_validate(SMALL).model_dump(mode="json")
        made = Experiment(owner=owner, title="A test", spec=spec, trials=rows)
        session.add(made)
        session.commit()
        for row, logged in zip(rows, trials, strict=True):
            curves.append(session, row.id, 1, logged)
            leases.finish(session, row.id, 1, State.COMPLETED)
        session.commit()
        return made.id


def state_of(sessions: sessionmaker[Session], trial_id: int) -> State:
    """Where a trial stands."""
    with sessions() as session:
        return State(session.get_one(Trial, trial_id).state)


def points(key: str, first: int, count: int, values: Any = None, every: int = 1) -> Scalars:
    """Points of a curve from step ``first`` on; their values are random float32s unless given."""
    steps = first + every * np.arange(count, dtype=np.int64)
    if values is None:
        values = np.random.default_rng(first).standard_normal(count).astype(np.float32)
    times = 1_700_000_000 + np.rint(steps * 1.37) / 1000
    return Scalars(key, steps, np.asarray(values, np.float64), times)


def same_bits(left: Any, right: Any) -> bool:
    """Whether two arrays of numbers are the same bit for bit; NaN equals NaN, -0.0 is not 0.0."""
    return np.asarray(left, np.float64).tobytes() == np.asarray(right, np.float64).tobytes()


def logged_rows(session: Session, trial_id: int, keys: Sequence[str]) -> Iterator[tuple[str, int, float, float]]:
    """(key, step, value, time) of every point as it was logged."""
    for key in keys:
        for data in curves.stretches(session, trial_id, key):
            yield from zip(
                [key] * len(data), data.steps.tolist(), data.values.tolist(), data.times.tolist(), strict=True
            )


def keep_checkpoint(
    sessions: sessionmaker[Session], storage: Storage, trial_id: int, attempt: int, made: Checkpoint
) -> None:
    """As a worker keeps it: the bytes, the best weights beside them, then the rows."""
    best = checkpoints.best_of(made)
    place = (storage, trial_id, attempt)
    with sessions() as session:
        kept = [checkpoints.keep(*place, best, artifacts.BEST)] if best else []
        for one in [*kept, checkpoints.keep(*place, made)]:
            checkpoints.add(session, storage.discard, trial_id, attempt, one)
        session.commit()
