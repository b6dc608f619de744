"""Looks after the queue: trials of workers that fell silent, spools they left, promises and messages that were lost.

It is a process of its own beside the worker's children, so that it goes on while Celery waits for a Redis that is away.
Beside the queue the process houses the postman (``worker/postman.py``), who tells people what happened.
"""

import contextlib
import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from typing import Any

import redis
from celery import bootsteps
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dlcore.events import Text
from webapp.models import OutboxMessage, State, Trial
from webapp.patience import connect_redis
from webapp.queue import RUN_TRIAL, deliver, promise, promise_next
from webapp.settings import Settings
from webapp.store import curves, leases, tallies, turns
from webapp.store.artifacts import Discard
from webapp.store.curves import StaleAttempt
from webapp.store.database import AWAY, open_sessions
from webapp.store.live import publish
from webapp.store.storage import storage_of
from worker import journal, reserve, scratch, spool
from worker.failures import GAVE_UP
from worker.inheritance import let_go_of_connections
from worker.postman import Postman
from worker.spool import Entry

log = logging.getLogger(__name__)
EVERY_S = 3.0
GRACE_S = 10.0  # after the database was away its workers have this long to renew their leases
LOST_AFTER_S = 20
PROMISED_AT_ONCE = 200
PR_SET_PDEATHSIG = 1
STORAGE_PATIENCE_S = 3.0  # what is not deleted then goes with its trial


class Keeper(bootsteps.StartStopStep):
    """Forks the keeper off the worker's parent process, and again should it end."""

    requires = ("celery.worker.components:Timer",)
    process: Any = None

    def start(self, worker: Any) -> None:
        """Begin, and look after it."""
        self.ensure()
        self.timer = worker.timer.call_repeatedly(EVERY_S, self.ensure)

    def ensure(self) -> None:
        """Start it where it does not run."""
        if self.process is None or not self.process.is_alive():
            self.process = multiprocessing.get_context("fork").Process(target=run, args=(os.getpid(),), daemon=True)
            self.process.start()

    def stop(self, worker: Any) -> None:
        """No more rounds."""
        self.timer.cancel()
        self.process.kill()


def run(parent: int) -> None:
    """The keeper's process: a round every few seconds, for as long as the worker lives whose process is ``parent``."""
    let_go_of_connections()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    settings = Settings.from_environment()
    sessions = open_sessions(settings.database)
    Postman(sessions, settings, connect_redis(settings.redis_url)).start()
    steady_since: float | None = None
    while os.getppid() == parent:
        try:
            steady = steady_since is not None and time.monotonic() > steady_since + GRACE_S
            with sessions() as session:
                keep(session, settings, steady=steady)
            steady_since = steady_since or time.monotonic()
        except (*AWAY, StaleAttempt, OSError) as error:
            log.warning("the keeper's round failed and is tried again: %s", error)
            steady_since = None
        except Exception:  # a mistake of ours in one round must not end all of them
            log.exception("the keeper's round failed and is tried again")
        time.sleep(EVERY_S)


def keep(session: Session, settings: Settings, *, steady: bool = True) -> None:
    """One round. Leases count only while the database is ``steady``: who could not renew one meanwhile may be well."""
    with redis.Redis.from_url(settings.redis_url or "", socket_timeout=2, socket_connect_timeout=2) as client:
        look_after_disk(settings)
        write_left_spools(session, settings)
        silent = leases.abandoned(session) + (leases.lapsed(session) if steady else [])
        for trial_id, attempt in dict.fromkeys(silent):
            try:
                take_back(session, client, trial_id, attempt, settings)
            except StaleAttempt:
                session.rollback()  # another keeper, or the worker itself, was first
        scratch.sweep(session, settings.var)
        with contextlib.suppress(redis.RedisError):
            for queue in session.scalars(select(Trial.queue).where(Trial.state == State.QUEUED.value).distinct()).all():
                promise_again(session, client, queue, settings.most_running)
    deliver(session, settings.redis_url or "")


def look_after_disk(settings: Settings) -> None:
    """Set the reserve aside. Where this host's own disk is out of order, other hosts' trials are looked after all the same."""
    try:
        reserve.set_aside(settings.var)
    except OSError as error:
        log.warning("no room could be set aside in %s: %s", settings.var, error.strerror)


def write_left_spools(session: Session, settings: Settings) -> None:
    """Write what attempts had spooled whose processes are no more; what cannot be written is put out of the way."""
    storage = storage_of(settings, patience_s=STORAGE_PATIENCE_S)
    for trial_id, attempt, left in spool.left_behind(settings.var):
        try:
            write_left(session, storage.discard, trial_id, attempt, left)
        except AWAY:  # it can be written once the database is back
            raise
        except Exception:  # whatever is wrong with one spool, no trial may wait for it for ever
            log.exception("trial %s: what attempt %s had spooled cannot be written", trial_id, attempt)
            session.rollback()
            put_aside(session, storage.discard, trial_id, attempt, left)
        finally:
            left.close()


def write_left(session: Session, discard: Discard, trial_id: int, attempt: int, left: spool.Spool) -> None:
    """Write one spool, as long as nobody else has gone on with its trial."""
    try:
        for entries in left.batches():
            journal.write(session, discard, trial_id, attempt, entries)
            leases.renew(session, trial_id, attempt, 0, **journal.row_of(entries))
    except StaleAttempt:
        session.rollback()
        for entries in left.batches():
            journal.refuse(session, discard, entries)
        log.warning("trial %s has gone on without what attempt %s had spooled", trial_id, attempt)
    left.forget()


def put_aside(session: Session, discard: Discard, trial_id: int, attempt: int, left: spool.Spool) -> None:
    """Nobody meets this spool again, and the trial's log says so. The next attempt makes again what is in it."""
    try:
        kept_as = left.put_aside()
    except OSError as error:
        log.warning("%s cannot be put out of the way: %s", left.path, error)
        return
    words = f"What attempt {attempt} logged while the database was away could not be read or written; it is kept as {kept_as.name}."
    with contextlib.suppress(StaleAttempt):
        journal.write(session, discard, trial_id, attempt, [Entry(time.time(), Text(words, level="warning"))])
    session.commit()


def take_back(session: Session, client: redis.Redis, trial_id: int, attempt: int, settings: Settings) -> None:
    """Queue a trial again whose worker fell silent, or do what was asked of it; after some fruitless attempts it has failed."""
    trial = session.get(Trial, trial_id, populate_existing=True)
    if trial is None:
        raise StaleAttempt(f"trial {trial_id} has been deleted")
    blamed = not leases.went_with_its_parent(trial.worker or "")
    state, times = leases.state_after_fruitless(session, trial_id, attempt, blamed=blamed)
    values: dict[str, Any] = {"fruitless": times}
    if state is State.FAILED:
        values["failure"] = GAVE_UP.format(times=leases.MOST_FRUITLESS)
    if state.ended:
        curves.merge(session, trial_id, attempt)
    leases.finish(session, trial_id, attempt, state, **values)
    if state is State.QUEUED:
        promise(session, RUN_TRIAL, session.get_one(Trial, trial_id).queue, [trial_id])
    promise_next(session, trial_id, settings.most_running)
    session.commit()
    about = {"trial": trial_id, "attempt": attempt}
    log.warning("trial %s: attempt %s fell silent, now %s", trial_id, attempt, state.value, extra=about)
    told: dict[str, Any] = {"state": state.value, "attempt": attempt, "failure": values.get("failure"), "results": {}}
    with contextlib.suppress(redis.RedisError):
        tallies.count(client, tallies.LEASE_LOSSES)
        publish(client, trial_id, "state", told)


def promise_again(session: Session, client: redis.Redis, queue: str, most_running: int) -> None:
    """No message waits at the broker, but trials that could start do: theirs were lost, and are promised again.

    While workers hold messages one of these may be theirs, so it is given ``LOST_AFTER_S``: a worker that was killed
    between taking a message and claiming a trial keeps the message from others for an hour.
    """
    patience = f"descent:without-message:{queue}"
    promised = exists().where(OutboxMessage.task == RUN_TRIAL, OutboxMessage.queue == queue)
    starting = [] if client.llen(queue) else turns.startable(session, queue, most_running, PROMISED_AT_ONCE)
    if not starting or session.scalar(select(promised)):
        client.delete(patience)
        return
    began = bool(client.set(patience, 1, nx=True, ex=10 * LOST_AFTER_S))
    if client.hlen("unacked") and (began or client.ttl(patience) > 9 * LOST_AFTER_S):
        return
    client.delete(patience)
    for trial in starting:
        promise(session, RUN_TRIAL, queue, [trial.id])
    session.commit()
