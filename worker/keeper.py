"""Looks after the queue: trials of workers that fell silent, promises that were not delivered, messages that were lost."""

import logging
from typing import Any

import redis
from celery import bootsteps
from sqlalchemy import create_engine, exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from webapp.models import Experiment, OutboxMessage, State, Trial
from webapp.queue import RUN_TRIAL, deliver, promise, promise_next, queue_for
from webapp.settings import Settings
from webapp.store import curves, leases, tallies, turns
from webapp.store.curves import StaleAttempt
from webapp.store.live import publish
from worker.failures import GAVE_UP

log = logging.getLogger(__name__)
EVERY_S = 3.0
LOST_AFTER_S = 20
PROMISED_AT_ONCE = 200


class Keeper(bootsteps.StartStopStep):
    """Runs ``keep`` every few seconds in the worker's parent process, between its messages."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Set the timer. No connection is held between the rounds, so that children which are forked later inherit none."""
        settings = Settings.from_environment()
        engine = create_engine(settings.database, poolclass=NullPool)
        name = f"{leases.worker_name()}"

        def round_() -> None:
            try:
                with Session(engine) as session:
                    keep(session, settings, name)
            except (SQLAlchemyError, redis.RedisError, OSError, StaleAttempt) as error:
                log.warning("the keeper's round failed and is tried again: %s", error)

        self.timer = worker.timer.call_repeatedly(EVERY_S, round_)
        worker.timer.call_after(0.2, round_)

    def stop(self, worker: Any) -> None:
        """No more rounds."""
        self.timer.cancel()


def keep(session: Session, settings: Settings, name: str) -> None:
    """One round."""
    redis_url = settings.redis_url or ""
    with redis.Redis.from_url(redis_url, socket_timeout=2) as client:
        leases.sign_of_life(client, name)
        for trial_id, attempt in leases.lapsed(session):
            try:
                take_back(session, client, trial_id, attempt, settings)
            except StaleAttempt:
                session.rollback()  # another keeper, or the worker itself, was first
        for queue in turns.QUEUES:
            promise_again(session, client, queue, settings.most_running)
    deliver(session, redis_url)


def take_back(session: Session, client: redis.Redis, trial_id: int, attempt: int, settings: Settings) -> None:
    """Queue a trial again whose worker fell silent; after some attempts it has failed."""
    give_up = attempt >= leases.MOST_ATTEMPTS
    state = State.FAILED if give_up else State.QUEUED
    values = {"failure": GAVE_UP.format(attempts=attempt)} if give_up else {}
    stop = session.scalar(select(Trial.stop_requested).where(Trial.id == trial_id))
    if stop and not give_up:
        state = State.CANCELLED
    if state.ended:
        curves.merge(session, trial_id, attempt)
    leases.finish(session, trial_id, attempt, state, **values)
    if state is State.QUEUED:
        promise(session, RUN_TRIAL, queue_for(spec_of(session, trial_id)), [trial_id])
    promise_next(session, trial_id, settings.most_running)
    session.commit()
    log.warning(
        "trial %s: attempt %s fell silent, now %s",
        trial_id,
        attempt,
        state.value,
        extra={"trial": trial_id, "attempt": attempt},
    )
    tallies.count(client, tallies.LEASE_LOSSES)
    publish(
        client,
        trial_id,
        "state",
        {"state": state.value, "attempt": attempt, "failure": values.get("failure"), "results": {}},
    )


def spec_of(session: Session, trial_id: int) -> dict[str, Any]:
    """The spec of a trial's experiment."""
    return session.scalars(select(Experiment.spec).join(Trial).where(Trial.id == trial_id)).one()


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
