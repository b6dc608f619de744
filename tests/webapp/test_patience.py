import psutil
import pytest
import redis

from tests.services import running_redis
from webapp.patience import connect_redis


@pytest.fixture
def server():
    """A Redis of its own: (its client, its process)."""
    with running_redis() as url:
        path = url.removeprefix("unix://")
        (process,) = [one for one in psutil.Process().children() if path in " ".join(one.cmdline())]
        client = connect_redis(url)
        assert client is not None
        client.ping()
        yield client, process
        process.resume()


def test_a_redis_that_is_frozen_is_waited_for_once_and_then_left_alone(server):
    client, process = server
    process.suspend()
    with pytest.raises(redis.TimeoutError):
        client.ping()
    for _ in range(100):
        with pytest.raises(redis.ConnectionError, match="a moment ago"):
            client.ping()


def test_a_connection_that_was_lost_is_made_again_at_once(server):
    client, _ = server
    client.client_kill_filter(skipme=False, _type="normal")
    assert client.ping()
