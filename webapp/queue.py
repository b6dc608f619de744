"""From a promise in the database to a message at the broker: an outbox, so that a crash between the two loses nothing."""

from contextlib import suppress
from functools import lru_cache
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import RedisError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.models import OutboxMessage
from webapp.patience import Rest
from webapp.store import turns

AT_ONCE = 100
RUN_TRIAL = "worker.run_trial"


def promise(session: Session, task: str, queue: str, arguments: list[Any]) -> None:
    """Say, in the caller's transaction, that a task is to be sent."""
    session.add(OutboxMessage(task=task, queue=queue, arguments=arguments))


def promise_next(session: Session, trial_id: int, most_running: int) -> None:
    """A trial came to rest, in the caller's transaction: wake a worker for one that its owner's limit kept waiting."""
    waiting = turns.next_of(session, trial_id, most_running)
    if waiting is not None:
        queue, next_id = waiting
        promise(session, RUN_TRIAL, queue, [next_id])


def queue_for(spec: dict[str, Any]) -> str:
    """The queue of the workers that may take a trial of this spec."""
    return "gpu" if spec.get("device") == "cuda" else "cpu"


def deliver(session: Session, redis_url: str) -> int:
    """Send what was promised and forget it; how many messages went out. Those that the broker does not take stay.

    On SQLite two that deliver at once may send a message twice; the claim of the trial makes that harmless.
    """
    query = select(OutboxMessage).order_by(OutboxMessage.id).limit(AT_ONCE)
    waiting = list(
        session.scalars(query.with_for_update(skip_locked=True))
    )  # SQLite knows no such locks, and ignores it
    sent = send(waiting, redis_url)
    if sent:
        session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(sent)))
    session.commit()
    return len(sent)


def send(messages: list[OutboxMessage], redis_url: str) -> list[int]:
    """The ids of those that the broker took; none while it rests, so that of many who submit at once nobody waits for long."""
    rest = rest_of(redis_url)
    sent: list[int] = []
    try:
        for message in messages:
            with sender(redis_url).producer_or_acquire() as producer:
                if rest.lasts:  # asked now, as others may have failed while this one waited for a connection
                    break
                where = {"queue": message.queue, "producer": producer, "retry": False}
                sender(redis_url).send_task(message.task, args=message.arguments, **where)
            sent.append(message.id)
    except (OperationalError, RedisError, OSError):
        rest.begin()  # the broker is away: the rows stay, and the keeper tries again in some seconds
    return sent


@lru_cache(maxsize=4)
def rest_of(redis_url: str) -> Rest:
    """Whether a broker failed a moment ago, as this process knows it."""
    return Rest()


@lru_cache(maxsize=4)
def sender(redis_url: str) -> Celery:
    """A Celery application that only sends, by name: the web knows nothing of the worker's code."""
    app = Celery("descent", broker=broker_url(redis_url))
    app.conf.update(
        broker_transport_options=transport_options() | {"socket_timeout": 2},
        broker_connection_timeout=2,
        task_ignore_result=True,
    )
    return app


def prepare_to_send(redis_url: str) -> None:
    """Connect to the broker ahead of the first message; one that is away is no mistake here."""
    with suppress(OperationalError, RedisError, OSError), sender(redis_url).producer_or_acquire():
        pass


def broker_url(redis_url: str) -> str:
    """Redis' URL as the broker library writes it."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def transport_options() -> dict[str, Any]:
    """The same for senders and workers. A message that nobody acknowledged comes again after an hour."""
    return {"visibility_timeout": 3600, "socket_connect_timeout": 2, "socket_keepalive": True}
