"""Who runs a trial: claimed by a conditional update, held by renewing, ended through one door. Every write names its attempt."""

import hashlib
import os
import socket
import time
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import redis
from sqlalchemy import CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session

from webapp.models import State, Trial, now
from webapp.models.trial import FOLLOWS
from webapp.store.curves import StaleAttempt

MOST_ATTEMPTS = 5
WORKERS_KEY = "descent:workers"
WORKER_SEEN_S = 15


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


def renew(session: Session, trial_id: int, attempt: int, lease_s: float, **progress: Any) -> bool:
    """Hold on to a trial, and keep how far it is; True when it was asked to stop. Raises StaleAttempt."""
    results = progress.pop("results", None)
    values = {"lease_until": now() + timedelta(seconds=lease_s), **progress}
    if not changed(session, held(trial_id, attempt).values(**values)):
        session.rollback()
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")
    if results is not None:
        keep_results(session, trial_id, results)
    stop = session.scalar(select(Trial.stop_requested).where(Trial.id == trial_id))
    session.commit()
    return bool(stop)


def finish(session: Session, trial_id: int, attempt: int, state: State, **values: Any) -> None:
    """End an attempt in the caller's transaction: completed, failed, cancelled, or queued again. Raises StaleAttempt."""
    if state not in FOLLOWS[State.RUNNING]:
        raise ValueError(f"a running trial cannot become {state.value}")
    ended: dict[str, Any] = {"ended_at": now()} if state.ended else {}
    ended["spent_s"] = spent_s(session, trial_id)
    results = values.pop("results", None)
    query = held(trial_id, attempt).values(state=state.value, lease_until=None, worker=None, **ended, **values)
    if not changed(session, query):
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")
    if results is not None:
        keep_results(session, trial_id, results)


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
    """(trial, attempt) of running trials whose worker fell silent, or is known to have ended."""
    moment = now()
    query = select(Trial.id, Trial.attempt, Trial.lease_until, Trial.worker).where(Trial.state == State.RUNNING.value)
    return [
        (row.id, row.attempt)
        for row in session.execute(query)
        if (row.lease_until and row.lease_until < moment) or is_gone(row.worker or "")
    ]


def held(trial_id: int, attempt: int) -> Any:
    """An update of a trial that ``attempt`` runs."""
    return update(Trial).where(Trial.id == trial_id, Trial.attempt == attempt, Trial.state == State.RUNNING.value)


def changed(session: Session, query: Any) -> bool:
    """Run an update; whether it met a row."""
    result = session.execute(query.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount > 0


def sign_of_life(client: redis.Redis, worker: str) -> None:
    """Say that this worker is there."""
    client.zadd(WORKERS_KEY, {worker: time.time()})
    client.zremrangebyscore(WORKERS_KEY, 0, time.time() - 3600)


def workers_seen(client: redis.Redis) -> list[str]:
    """The workers that gave a sign of life in the last seconds."""
    names = cast("list[bytes]", client.zrangebyscore(WORKERS_KEY, time.time() - WORKER_SEEN_S, "+inf"))
    return [name.decode() for name in names]


def worker_name() -> str:
    """This process's name: of its host, of the machine's present run, and of the process."""
    return f"{socket.gethostname()}:{machine()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Whether a worker was a process of this very machine that is no more; False where that cannot be told."""
    place, _, process = worker.rpartition(":")
    here = worker_name().rpartition(":")[0]
    return bool(machine()) and place == here and process.isdecimal() and not Path("/proc", process).exists()


@lru_cache(maxsize=1)
def machine() -> str:
    """This run of this machine, and our part of its processes: only there does a process number mean something. Linux only."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        return hashlib.sha256(f"{boot}{Path('/proc/self/ns/pid').readlink()}".encode()).hexdigest()[:8]
    except OSError:
        return ""
