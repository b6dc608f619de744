import base64
import json
import threading
import time

import psutil
import pytest
from sqlalchemy import func, select

from tests.services import running_redis
from webapp.models import OutboxMessage
from webapp.queue import broker_url, deliver, promise, rest_of

TASK = "worker.run_trial"


@pytest.fixture
def client(client_of_redis):
    return client_of_redis


def sent(client, queue="cpu"):
    """The arguments of the messages that wait, oldest first."""
    messages = [json.loads(raw) for raw in reversed(client.lrange(queue, 0, -1))]
    assert all(message["headers"]["task"] == TASK for message in messages)
    return [json.loads(base64.b64decode(message["body"]))[0] for message in messages]


def waiting(sessions):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage))


def test_what_was_promised_is_delivered_once_and_in_order(sessions, client, redis_url):
    with sessions() as session:
        for trial_id in (1, 2, 3):
            promise(session, TASK, "cpu", [trial_id])
        promise(session, TASK, "gpu", [4])
        session.commit()
        assert deliver(session, redis_url) == 4
        assert deliver(session, redis_url) == 0
    assert sent(client) == [[1], [2], [3]]
    assert sent(client, "gpu") == [[4]]


def test_a_promise_that_is_rolled_back_is_never_sent(sessions, client, redis_url):
    with sessions() as session:
        promise(session, TASK, "cpu", [1])
        session.rollback()
        assert deliver(session, redis_url) == 0
    assert sent(client) == []


def test_a_crash_between_sending_and_forgetting_sends_again(sessions, client, redis_url, monkeypatch):
    with sessions() as session:
        promise(session, TASK, "cpu", [1])
        session.commit()
        monkeypatch.setattr(session, "commit", session.rollback)
        deliver(session, redis_url)
    assert waiting(sessions) == 1
    with sessions() as session:
        assert deliver(session, redis_url) == 1
    assert sent(client) == [[1], [1]]
    assert waiting(sessions) == 0


def test_a_broker_that_is_away_loses_nothing(sessions):
    with running_redis() as url:
        pass
    with sessions() as session:
        promise(session, TASK, "cpu", [1])
        session.commit()
        assert deliver(session, url) == 0
    assert waiting(sessions) == 1


def test_of_many_who_submit_at_once_nobody_waits_long_for_a_broker_that_is_frozen(sessions):
    took_s = []

    def submit(url: str) -> None:
        with sessions() as session:
            promise(session, TASK, "cpu", [1])
            session.commit()
            began = time.monotonic()
            deliver(session, url)
            took_s.append(time.monotonic() - began)

    with running_redis() as url:
        submit(url)
        (process,) = [one for one in psutil.Process().children() if url.removeprefix("unix://") in str(one.cmdline())]
        process.suspend()
        threads = [threading.Thread(target=submit, args=(url,)) for _ in range(14)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.resume()
        assert waiting(sessions) == 14
        rest_of(url).until = 0.0
        with sessions() as session:
            assert deliver(session, url) == 14
    assert max(took_s) < 3.5


def test_two_that_deliver_at_once_leave_nothing_behind(sessions, client, redis_url):
    with sessions() as session:
        for trial_id in range(20):
            promise(session, TASK, "cpu", [trial_id])
        session.commit()

    def go() -> None:
        with sessions() as session:
            deliver(session, redis_url)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waiting(sessions) == 0
    assert {arguments[0] for arguments in sent(client)} == set(range(20))


def test_a_redis_on_a_socket_is_written_as_the_broker_library_wants():
    assert broker_url("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert broker_url("redis://host:6379/0") == "redis://host:6379/0"
