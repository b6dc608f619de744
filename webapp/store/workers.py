"""Which workers there are, what they take trials from, and which are drained: in Redis, as they say so themselves."""

import json
import re
import time
from dataclasses import dataclass
from typing import cast

import redis

WORKERS_KEY = "descent:workers"
FACTS_KEY = "descent:workers:facts"
DRAINED_KEY = "descent:workers:drained"
SEEN_S = 15
FORGOTTEN_S = 3600
USUAL_QUEUES = ("cpu", "gpu")
QUEUE_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
TAKEN_NAMES = frozenset({"unacked"})  # by the broker's own keys in Redis


@dataclass(frozen=True)
class Worker:
    """What a worker said of itself. ``busy``: how many tasks it is at."""

    name: str
    queues: tuple[str, ...] = USUAL_QUEUES
    busy: int = 0
    is_drained: bool = False


def is_queue_name(name: str) -> bool:
    """Whether a queue may be called so: a small letter, then up to 29 small letters, digits and hyphens."""
    return bool(QUEUE_NAME.fullmatch(name)) and name not in TAKEN_NAMES


def sign_of_life(client: redis.Redis, worker: Worker) -> None:
    """Say that this worker is there, and how it stands."""
    moment = time.time()
    silent = cast("list[bytes]", client.zrangebyscore(WORKERS_KEY, 0, moment - FORGOTTEN_S))
    if silent:
        client.zrem(WORKERS_KEY, *silent)
        client.hdel(FACTS_KEY, *silent)
        client.srem(DRAINED_KEY, *silent)
    facts = {"queues": worker.queues, "busy": worker.busy, "is_drained": worker.is_drained}
    client.hset(FACTS_KEY, worker.name, json.dumps(facts))
    client.zadd(WORKERS_KEY, {worker.name: moment})


def workers_seen(client: redis.Redis) -> list[Worker]:
    """The workers that gave a sign of life in the last seconds."""
    names = cast("list[bytes]", client.zrangebyscore(WORKERS_KEY, time.time() - SEEN_S, "+inf"))
    said = cast("dict[bytes, bytes]", client.hgetall(FACTS_KEY))
    return [from_facts(name.decode(), json.loads(said[name])) for name in names if name in said]


def from_facts(name: str, facts: dict[str, object]) -> Worker:
    """A worker as it described itself."""
    queues = cast("list[str]", facts["queues"])
    return Worker(name, tuple(queues), cast("int", facts["busy"]), bool(facts["is_drained"]))


def queues_served(client: redis.Redis) -> list[str]:
    """The queues that some worker takes trials from, by name."""
    return sorted({queue for worker in workers_seen(client) for queue in worker.queues})


def drain(client: redis.Redis, name: str) -> None:
    """Have a worker hand back what it runs and take nothing new, until it is told to take again."""
    client.sadd(DRAINED_KEY, name)


def take_again(client: redis.Redis, name: str) -> None:
    """Undo ``drain``."""
    client.srem(DRAINED_KEY, name)


def must_drain(client: redis.Redis, name: str) -> bool:
    """Whether a worker was told to take nothing new."""
    return bool(client.sismember(DRAINED_KEY, name))
