"""The parent watches its children: one that breaks a limit and does not see to it itself is ended, and its trial has failed.

That also ends what no Python code in the child could: an endless loop that never lets go, or a library that takes memory.
"""

import contextlib
import logging
import os
import signal
import time
from typing import Any

import psutil
import redis
from celery import bootsteps
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from webapp.models import State
from webapp.queue import promise_next
from webapp.settings import Settings
from webapp.store import curves, leases
from webapp.store.curves import StaleAttempt
from webapp.store.live import publish
from worker import limits, slots
from worker.slots import Slot

log = logging.getLogger(__name__)
EVERY_S = 0.5
GRACE_S = 15.0  # a child ends a trial itself whose time is up, and writes what it logged
FAR_TOO_LARGE = 1.25  # of the memory that it may take: then there is no time for that


class Watch(bootsteps.StartStopStep):
    """Looks at the children twice a second."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Set the timer. No connection is held, so that children which are forked later inherit none."""
        settings = Settings.from_environment()
        self.timer = worker.timer.call_repeatedly(EVERY_S, look, (settings,))

    def stop(self, worker: Any) -> None:
        """No more looks."""
        self.timer.cancel()


def look(settings: Settings) -> None:
    """One look at each child that is at work."""
    for slot in slots.at_work():
        try:
            child = psutil.Process(slot.pid)
            if child.ppid() != os.getpid():
                continue  # ours has ended, and its number is another's
            why = reason(slot, child.memory_info().rss, settings)
        except psutil.Error:
            continue
        if why is not None:
            end(slot, why, settings)


def reason(slot: Slot, rss_bytes: int, settings: Settings) -> str | None:
    """Why a child cannot go on, as a sentence; None when it can."""
    now = time.monotonic()
    if rss_bytes > FAR_TOO_LARGE * limits.memory_bytes(settings):
        return limits.too_large(settings)
    if now - slot.began > 3600 * settings.trial_hours + GRACE_S:
        return limits.too_long(settings)
    if now - slot.heard > 60 * settings.silent_minutes:
        return limits.too_silent(settings)
    return None


def end(slot: Slot, why: str, settings: Settings) -> None:
    """End the trial, so that nobody takes it up again, and then the child."""
    facts = {"trial": slot.trial_id, "attempt": slot.attempt}
    log.error("trial %s: its process %s is ended: %s", slot.trial_id, slot.pid, why, extra=facts)
    engine = create_engine(settings.database, poolclass=NullPool)
    try:
        with Session(engine) as session:
            fail(session, slot, why, settings)
    except StaleAttempt:
        log.warning("trial %s has gone on without attempt %s", slot.trial_id, slot.attempt)
    except SQLAlchemyError as error:  # it may be tried again then, and ends here again
        log.error("trial %s could not be marked as failed: %s", slot.trial_id, error)
    with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
        os.kill(slot.pid, signal.SIGKILL)


def fail(session: Session, slot: Slot, why: str, settings: Settings) -> None:
    """The trial has failed, and those who watch are told. Raises StaleAttempt."""
    curves.merge(session, slot.trial_id, slot.attempt)
    leases.finish(session, slot.trial_id, slot.attempt, State.FAILED, failure=why)
    promise_next(session, slot.trial_id, settings.most_running)
    session.commit()
    told = {"state": State.FAILED.value, "attempt": slot.attempt, "failure": why, "results": {}}
    try:
        with redis.Redis.from_url(settings.redis_url or "", socket_timeout=2) as client:
            publish(client, slot.trial_id, "state", told)
    except (redis.RedisError, ValueError) as error:
        log.warning("those who watch trial %s were not told that it failed: %s", slot.trial_id, error)
