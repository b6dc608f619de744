"""Looks after the queue: trials of workers that fell silent, promises that were not delivered, messages that were lost."""

import logging
from typing import Any

import redis
from celery import bootsteps
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from webapp.models import OutboxMessage, State, Trial
from webapp.queue import deliver, promise
from webapp.settings import Settings
from webapp.store import curves, leases
from webapp.store.curves import StaleAttempt
from webapp.store.live import publish
from worker.failures import GAVE_UP

log = logging.getLogger(__name__)
EVERY_S = 3.0
LOST_AFTER_S = 20
RUN_TRIAL = "worker.run_trial"


class Keeper(bootsteps.StartStopStep):
    """Runs ``keep`` every few seconds in the worker's parent process, between its messages."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Set the timer. No connection is held between the rounds, so that children which are forked later inherit none."""
        settings = Settings.from_environment()
        engine = create_engine(settings.database, poolclass=NullPool)

        def round_() -> None:
            try:
                with Session(engine) as session:
                    keep(session, settings.redis_url or "")
            except (SQLAlchemyError, redis.RedisError, OSError, StaleAttempt) as error:
                log.warning("the keeper's round failed and is tried again: %s", error)

        self.timer = worker.timer.call_repeatedly(EVERY_S, round_)
        worker.timer.call_after(0.2, round_)

    def stop(self, worker: Any) -> None:
        """No more rounds."""
        self.timer.cancel()


def keep(session: Session, redis_url: str) -> None:
    """One round."""
    with redis.Redis.from_url(redis_url, socket_timeout=2) as client:
        for trial_id, attempt in leases.lapsed(session):
            try:
                take_back(session, client, trial_id, attempt)
            except StaleAttempt:
                session.rollback()  # another keeper, or the worker itself, was first
        at_workers = bool(client.hlen("unacked"))
        for queue in session.scalars(select(Trial.queue).where(Trial.state == State.QUEUED.value).distinct()).all():
            if not client.llen(queue):
                promise_again(session, client, queue, at_workers)
    deliver(session, redis_url)


def take_back(session: Session, client: redis.Redis, trial_id: int, attempt: int) -> None:
    """Queue a trial again whose worker fell silent, or what was asked of it; after some attempts it has failed."""
    state, values = leases.state_after(session, trial_id, attempt), {}
    if state is State.QUEUED and attempt >= leases.MOST_ATTEMPTS:
        state, values = State.FAILED, {"failure": GAVE_UP.format(attempts=attempt)}
    if state.ended:
        curves.merge(session, trial_id, attempt)
    leases.finish(session, trial_id, attempt, state, **values)
    if state is State.QUEUED:
        promise(session, RUN_TRIAL, session.get_one(Trial, trial_id).queue, [trial_id])
    session.commit()
    log.warning("trial %s: attempt %s fell silent, now %s", trial_id, attempt, state.value)
    publish(
        client,
        trial_id,
        "state",
        {"state": state.value, "attempt": attempt, "failure": values.get("failure"), "results": {}},
    )


def promise_again(session: Session, client: redis.Redis, queue: str, messages_at_workers: bool) -> None:
    """No message waits in a queue: its trials that nobody promised to run have lost theirs, and are promised again.

    While workers hold messages one of these may be the trial's, so it is given ``LOST_AFTER_S``: a worker that was killed
    between taking a message and claiming its trial keeps the message from others for an hour.
    """
    promised = {trial_id for arguments in session.scalars(select(OutboxMessage.arguments)) for trial_id in arguments}
    queued = select(Trial.id).where(Trial.state == State.QUEUED.value, Trial.queue == queue)
    for trial_id in session.scalars(queued.order_by(Trial.id).limit(200)).all():
        if trial_id in promised:
            continue
        patience = f"descent:without-message:{trial_id}"
        if messages_at_workers and client.set(patience, 1, nx=True, ex=10 * LOST_AFTER_S):
            continue
        if messages_at_workers and client.ttl(patience) > 9 * LOST_AFTER_S:
            continue
        client.delete(patience)
        promise(session, RUN_TRIAL, queue, [trial_id])
    session.commit()
