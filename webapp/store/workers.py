"""Which workers there are, which queues they take trials from, and which are drained: in Redis, as they say so themselves."""

import re
import time
from typing import cast

import redis

WORKERS_KEY = "descent:workers"
QUEUES_KEY = "descent:workers:queues"
DRAINED_KEY = "descent:workers:drained"
SEEN_S = 15
FORGOTTEN_S = 3600
USUAL_QUEUES = ("cpu", "gpu")
QUEUE_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
TAKEN_NAMES = frozenset({"unacked"})  # by the broker's own keys in Redis


def is_queue_name(name: str) -> bool:
    """Whether a queue may be called so: a small letter, then up to 29 small letters, digits and hyphens."""
    return bool(QUEUE_NAME.fullmatch(name)) and name not in TAKEN_NAMES


def sign_of_life(client: redis.Redis, worker: str, queues: tuple[str, ...] = USUAL_QUEUES) -> None:
    """Say that this worker is there, and where it takes trials from."""
    moment = time.time()
    silent = cast("list[bytes]", client.zrangebyscore(WORKERS_KEY, 0, moment - FORGOTTEN_S))
    if silent:
        client.zrem(WORKERS_KEY, *silent)
        client.hdel(QUEUES_KEY, *silent)
        client.srem(DRAINED_KEY, *silent)
    client.zadd(WORKERS_KEY, {worker: moment})
    client.hset(QUEUES_KEY, worker, ",".join(queues))


def workers_seen(client: redis.Redis) -> list[str]:
    """The workers that gave a sign of life in the last seconds."""
    names = cast("list[bytes]", client.zrangebyscore(WORKERS_KEY, time.time() - SEEN_S, "+inf"))
    return [name.decode() for name in names]


def queues_by_worker(client: redis.Redis) -> dict[str, list[str]]:
    """The workers that were seen, each with the queues that it takes trials from."""
    said = cast("dict[bytes, bytes]", client.hgetall(QUEUES_KEY))
    return {worker: said.get(worker.encode(), b"").decode().split(",") for worker in workers_seen(client)}


def queues_served(client: redis.Redis) -> list[str]:
    """The queues that some worker takes trials from, by name."""
    return sorted({queue for queues in queues_by_worker(client).values() for queue in queues})


def drain(client: redis.Redis, worker: str) -> None:
    """Have a worker hand back what it runs and take nothing new, until it is told to take again."""
    client.sadd(DRAINED_KEY, worker)


def take_again(client: redis.Redis, worker: str) -> None:
    """Undo ``drain``."""
    client.srem(DRAINED_KEY, worker)


def is_drained(client: redis.Redis, worker: str) -> bool:
    """Whether a worker was told to take nothing new."""
    return bool(client.sismember(DRAINED_KEY, worker))
