"""How the instance does: its parts, queues and workers."""

from dataclasses import asdict
from typing import Annotated, Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field, WithJsonSchema, with_config
from redis import RedisError
from typing_extensions import TypedDict

from webapp.api import blueprint
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.api.problems import Refused
from webapp.models import db
from webapp.observation import health, standing
from webapp.observation.health import settings_of_app
from webapp.observation.versions import versions
from webapp.store.workers import USUAL_QUEUES, Worker, workers_seen


@with_config(extra="forbid")
class PartOfInstance(TypedDict):
    """A part of the instance."""

    name: str
    state: Annotated[str, WithJsonSchema({"type": "string", "enum": [health.OK, health.WARNING, health.AWAY]})]
    says: Annotated[str, Field(description="What is so.")]
    advice: Annotated[str, Field(description="What to do about it; may be empty.")]


@with_config(extra="forbid")
class StandingOfPerson(TypedDict):
    """How many trials somebody has at work."""

    person: str
    running: int
    waiting: int
    limit: int


@with_config(extra="forbid")
class StatusResource(TypedDict):
    """How everything does."""

    parts: list[PartOfInstance]
    trials: Annotated[dict[str, int], Field(description="How many there are in each state, of everybody.")]
    people: list[StandingOfPerson]
    versions: dict[str, str]


@with_config(extra="forbid")
class QueueResource(TypedDict):
    """A queue of trials."""

    name: str
    waiting: int
    workers: list[str]


@with_config(extra="forbid")
class WorkerResource(TypedDict):
    """A worker that gave a sign of life lately."""

    name: str
    queues: list[str]
    busy: Annotated[int, Field(description="How many tasks it is at.")]
    drained: Annotated[bool, Field(description="Whether it takes nothing new.")]


WORKERS = Listing("workers", WorkerResource, default=200, most=1000)
QUEUES = Listing("queues", QueueResource, default=200, most=1000)


@blueprint.get("/status")
@documented("Show how everything does", answer=StatusResource)
def show_status() -> ResponseReturnValue:
    """As the status page: what is away, what waits, and who has how much at work."""
    session, settings, client = db.session(), settings_of_app(), current_app.extensions["redis"]
    reports, waiting = health.worker_reports(client), standing.waiting(session)
    parts = [
        health.database(),
        health.redis_server(client),
        health.workers(reports, waiting),
        health.queue(waiting, standing.oldest_waits_s(session)),
        health.disk(settings, reports),
        health.spool(reports),
    ]
    people = standing.by_person(session, settings.most_running)
    names = ("person", "running", "waiting", "limit")
    answer: dict[str, Any] = {
        "parts": [asdict(part) for part in parts],
        "trials": standing.by_state(session),
        "people": [dict(zip(names, (row[0], *map(int, row[1:])), strict=True)) for row in people],
        "versions": versions(),
    }
    return jsonify(answer)


@blueprint.get("/workers")
@documented("List the workers", errors=(503,), answer=WORKERS)
def list_workers() -> ResponseReturnValue:
    """Those that gave a sign of life in the last seconds, by name."""
    return WORKERS.of_items(seen(), lambda worker: (worker.name,), worker_resource)


@blueprint.get("/queues")
@documented("List the queues", errors=(503,), answer=QUEUES)
def list_queues() -> ResponseReturnValue:
    """Those that workers serve or trials wait in, by name."""
    waiting, workers = standing.waiting(db.session()), seen()
    served = {queue for worker in workers for queue in worker.queues}

    def queue_resource(name: str) -> QueueResource:
        names = sorted(worker.name for worker in workers if name in worker.queues)
        return {"name": name, "waiting": waiting.get(name, 0), "workers": names}

    return QUEUES.of_items({*USUAL_QUEUES, *served, *waiting}, lambda name: (name,), queue_resource)


def worker_resource(worker: Worker) -> WorkerResource:
    """A worker as it said of itself."""
    return {
        "name": worker.name,
        "queues": list(worker.queues),
        "busy": worker.busy,
        "drained": worker.is_drained,
    }


def seen() -> list[Worker]:
    """The workers that are there. Raises Refused (503) while Redis, where they say so, is away."""
    client = current_app.extensions["redis"]
    try:
        if client is not None:
            return workers_seen(client)
    except (RedisError, OSError):
        pass
    raise Refused(503, "Redis does not answer, where workers say that they are there.", headers={"Retry-After": "5"})
