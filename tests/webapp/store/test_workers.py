"""What workers say of themselves in Redis."""

import pytest

from webapp.store import workers
from webapp.store.workers import Worker


def test_workers_are_seen_while_they_give_signs_of_life(client_of_redis):
    said = [Worker("one:1"), Worker("two:2", ("big-memory",), busy=3, is_drained=True)]
    for worker in (Worker("silent:3", ("far-away",)), *said):
        workers.sign_of_life(client_of_redis, worker)
    client_of_redis.zadd(workers.WORKERS_KEY, {"silent:3": 1})
    assert workers.workers_seen(client_of_redis) == said
    assert workers.queues_served(client_of_redis) == ["big-memory", "cpu", "gpu"]


def test_a_worker_that_was_silent_for_an_hour_is_forgotten(client_of_redis):
    workers.sign_of_life(client_of_redis, Worker("old:1"))
    workers.drain(client_of_redis, "old:1")
    client_of_redis.zadd(workers.WORKERS_KEY, {"old:1": 1})
    workers.sign_of_life(client_of_redis, Worker("new:2"))
    assert not workers.must_drain(client_of_redis, "old:1")
    assert not client_of_redis.hexists(workers.FACTS_KEY, "old:1")


@pytest.mark.parametrize("name", ["", "CPU", "a b", "unacked", "_kombu", "a,b", "ä", "a" * 31, "1a", "a\n"])
def test_a_queue_cannot_be_called_just_anything(name):
    assert not workers.is_queue_name(name)
    assert workers.is_queue_name("big-memory2")
