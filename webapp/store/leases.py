"""Who runs a trial: claimed by a conditional update, held by renewing, ended through one door. Every write names its attempt."""

import hashlib
import os
import socket
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import CursorResult, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from webapp.models import Request, State, Trial, now
from webapp.models.trial import FOLLOWS
from webapp.store import happenings
from webapp.store.curves import StaleAttempt, hold_attempt

MOST_FRUITLESS = 5  # attempts that may fall silent without getting the trial any further


def claim(session: Session, trial_id: int, worker: str, lease_s: float, *conditions: Any) -> int | None:
    """Take a trial that is queued, or whose worker fell silent: its new attempt, or None when it is not to be had.

    ``conditions`` are SQL that must hold besides.
    """
    moment = now()
    lapsed = and_(Trial.state == State.RUNNING.value, Trial.lease_until < moment)
    query = (
        update(Trial)
        .where(Trial.id == trial_id, or_(Trial.state == State.QUEUED.value, lapsed), *conditions)
        .values(
            state=State.RUNNING.value,
            attempt=Trial.attempt + 1,
            worker=worker,
            lease_until=moment + timedelta(seconds=lease_s),
            attempt_at=moment,
            started_at=func.coalesce(Trial.started_at, moment),
        )
    )
    if not changed(session, query):
        session.rollback()
        return None
    attempt = session.scalar(select(Trial.attempt).where(Trial.id == trial_id))
    session.commit()
    return attempt


def renew(session: Session, trial_id: int, attempt: int, lease_s: float, **progress: Any) -> Request | None:
    """Hold on to a trial, and keep how far it is; what was asked of it. Raises StaleAttempt."""
    results = progress.pop("results", None)
    values = {"lease_until": now() + timedelta(seconds=lease_s), **progress}
    if not changed(session, held(trial_id, attempt).values(**values)):
        session.rollback()
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")
    if results is not None:
        keep_results(session, trial_id, results)
    asked = request_of(session, trial_id, attempt)
    session.commit()
    return asked


def request_of(session: Session, trial_id: int, attempt: int) -> Request | None:
    """What was asked of a trial that ``attempt`` runs. Raises StaleAttempt, which is how a deleted trial ends at once."""
    is_held = (Trial.id == trial_id, Trial.attempt == attempt, Trial.state == State.RUNNING.value)
    row = session.execute(select(Trial.request).where(*is_held)).first()
    if row is None:
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")
    return Request(row.request) if row.request else None


def finish(session: Session, trial_id: int, attempt: int, state: State, **values: Any) -> None:
    """End an attempt in the caller's transaction: completed, failed, cancelled, paused, or queued again. Raises StaleAttempt.

    What was asked of it is done with, but for a trial that ended with its best weights to be: its next attempt sees to that.
    """
    if state not in FOLLOWS[State.RUNNING]:
        raise ValueError(f"a running trial cannot become {state.value}")
    ended: dict[str, Any] = {"ended_at": now()} if state.ended else {}
    ended["spent_s"] = spent_s(session, trial_id)
    results = values.pop("results", None)
    still_asked = case((Trial.request == Request.KEEP_BEST.value, Trial.request)) if state is State.QUEUED else None
    rest = {"lease_until": None, "worker": None, "request": still_asked}
    query = held(trial_id, attempt).values(state=state.value, **rest, **ended, **values)
    if not changed(session, query):
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")
    if results is not None:
        keep_results(session, trial_id, results)
    if state.ended:
        happenings.trial_ended(session, trial_id)


def state_after(session: Session, trial_id: int, attempt: int) -> State:
    """What becomes of a trial whose attempt ends before the trial does, by what was asked of it. Raises StaleAttempt.

    The caller's transaction holds the trial from here on, so nothing else can be asked before it is written.
    """
    hold_attempt(session, trial_id, attempt)
    asked = request_of(session, trial_id, attempt)
    if asked is Request.STOP:
        return State.CANCELLED
    return State.PAUSED if asked is Request.PAUSE else State.QUEUED


def state_after_fruitless(session: Session, trial_id: int, attempt: int, *, blamed: bool = True) -> tuple[State, int]:
    """What becomes of a trial whose attempt was ended from outside, and how many times in a row it then was; too often, and it has failed.

    A checkpoint begins the count anew; who is not ``blamed`` is not counted. Raises StaleAttempt.
    """
    state = state_after(session, trial_id, attempt)
    times = session.scalars(select(Trial.fruitless).where(Trial.id == trial_id)).one() + int(blamed)
    if state is State.QUEUED and times >= MOST_FRUITLESS:
        state = State.FAILED
    return state, times


def spent_s(session: Session, trial_id: int) -> float:
    """How long a trial has trained, its present attempt included."""
    spent, began = session.execute(
        select(Trial.spent_s, Trial.attempt_at).where(Trial.id == trial_id)
    ).one_or_none() or (0.0, None)
    return float(spent) + ((now() - began).total_seconds() if began else 0.0)


def keep_results(session: Session, trial_id: int, results: dict[str, Any]) -> None:
    """The one door for a trial's results, in the caller's transaction, which holds the trial: the search's index follows it."""
    session.get_one(Trial, trial_id, populate_existing=True).results = results
    session.flush()


def lapsed(session: Session) -> list[tuple[int, int]]:
    """(trial, attempt) of running trials whose lease has lapsed: their worker fell silent."""
    query = select(Trial.id, Trial.attempt).where(Trial.state == State.RUNNING.value, Trial.lease_until < now())
    return [(row.id, row.attempt) for row in session.execute(query)]


def abandoned(session: Session) -> list[tuple[int, int]]:
    """(trial, attempt) of running trials whose worker is known to have ended."""
    query = select(Trial.id, Trial.attempt, Trial.worker).where(Trial.state == State.RUNNING.value)
    return [(row.id, row.attempt) for row in session.execute(query) if is_gone(row.worker or "")]


def held(trial_id: int, attempt: int) -> Any:
    """An update of a trial that ``attempt`` runs."""
    return update(Trial).where(Trial.id == trial_id, Trial.attempt == attempt, Trial.state == State.RUNNING.value)


def changed(session: Session, query: Any) -> bool:
    """Run an update; whether it met a row."""
    result = session.execute(query.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount > 0


def worker_name() -> str:
    """This process's name: of its host, of the machine's present run, of the process that started it, and of itself."""
    return f"{socket.gethostname()}:{machine()}:{os.getppid()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Whether a worker was a process of this very machine that is no more; False where that cannot be told."""
    return worker_name().split(":")[:2] == worker.split(":")[:2] and is_no_more(worker, 3)


def went_with_its_parent(worker: str) -> bool:
    """Whether the process that started a worker is no more either: then it is not the trial's fault that the worker ended."""
    return is_gone(worker) and is_no_more(worker, 2)


def is_no_more(worker: str, place: int) -> bool:
    """Whether a process of this machine, the one at ``place`` in a worker's name, has ended."""
    words = worker.split(":")
    return bool(machine()) and len(words) == 4 and words[place].isdecimal() and not Path("/proc", words[place]).exists()


@lru_cache(maxsize=1)
def machine() -> str:
    """This run of this machine, and our part of its processes: only there does a process number mean something. Linux only."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        return hashlib.sha256(f"{boot}{Path('/proc/self/ns/pid').readlink()}".encode()).hexdigest()[:8]
    except OSError:
        return ""
