import sqlite3

import pytest
import redis

from dlcore.events import Progress, Text
from tests.making import points, running_trial
from tests.waiting import wait_until
from webapp.store import curves, live
from worker import teller as teller_module
from worker.teller import MOST_UNTOLD, Teller
from worker.writer import Writer


@pytest.fixture
def teller(client):
    made = Teller(7, 1, client)
    made.start()
    return made


@pytest.fixture
def redis_is_away(monkeypatch):
    """Makes so many messages fail."""
    monkeypatch.setattr(teller_module, "REDIS_RESTS_S", 0.0)

    def fail(times):
        left = [times]

        def publish(*args):
            left[0] -= 1
            if left[0] >= 0:
                raise redis.ConnectionError
            return live.publish(*args)

        monkeypatch.setattr(teller_module, "publish", publish)

    return fail


def told(client, trial=7):
    """(kind, payload) of what was told."""
    return [(kind, payload) for _, kind, payload in live.entries(client, trial)]


def steps_told(client, trial=7, key="train/loss"):
    return [step for _, payload in told(client, trial) for step in payload.get("curves", {}).get(key, [[]])[0]]


def test_a_flush_is_one_message(teller, client):
    for piece in (points("train/loss", 1, 3), points("lr", 1, 3), Progress(3, 9, 0.5, 2, 10.0)):
        teller.put(piece)
    teller.put(points("train/loss", 4, 3))
    teller.put(Progress(6, 9, 1.0, 2, 10.0))
    teller.close()
    found = told(client)
    assert [list(payload["curves"]) for _, payload in found] in (
        [["train/loss", "lr"], ["train/loss"]],
        [["train/loss", "lr"]],
    )
    assert found[-1][1]["progress"]["step"] == 6
    assert steps_told(client) == [1, 2, 3, 4, 5, 6]


def test_those_who_watch_do_not_wait_for_a_database_that_is_busy(sessions, client, settings):
    trial = running_trial(sessions)
    writer = Writer(trial, 1, sessions, client, settings)
    busy = sqlite3.connect(settings.var / "descent.sqlite3", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    writer.start()
    writer.put(Text("the database is asked to keep this"))
    for number in range(5):
        writer.put(points("train/loss", 1 + 10 * number, 10))
        writer.put(Progress(10 * (number + 1), 50, 1.0, 1, None))
    wait_until(lambda: len(steps_told(client, trial)) == 50, "the points to be told")
    with sessions() as session:
        stored_meanwhile = curves.keys(session, trial)
    busy.execute("ROLLBACK")
    busy.close()
    writer.close()
    with sessions() as session:
        assert (stored_meanwhile, curves.last_step_of(session, trial, ["train/loss"])) == ([], {"train/loss": 50})


def test_what_could_not_be_told_is_told_when_redis_is_back(teller, client, redis_is_away):
    redis_is_away(3)
    for number in range(6):
        teller.put(points("train/loss", 1 + number, 1))
        teller.put(Progress(1 + number, 6, 1.0, 1, None))
        wait_until(teller._flushes.empty, "the flush to be taken")
    teller.put(Progress(6, 6, 1.0, 1, None))
    teller.close()
    assert steps_told(client) == [1, 2, 3, 4, 5, 6]


def test_after_too_much_that_was_not_told_pages_begin_afresh(client, redis_is_away):
    redis_is_away(1)
    teller = Teller(7, 1, client)
    for number in range(4):
        teller.put(points("train/loss", 1 + number * MOST_UNTOLD, MOST_UNTOLD))
    teller._untold, teller._flush = teller._flush, []
    teller._tell()
    teller.start()
    teller.put(Progress(1, 1, 1.0, 1, None))
    teller.close()
    assert [kind for kind, _ in told(client)] == ["points", "resync"]
    assert steps_told(client) == list(range(3 * MOST_UNTOLD + 1, 4 * MOST_UNTOLD + 1))


def test_without_redis_nothing_is_kept():
    teller = Teller(7, 1, None)
    teller.put(points("lr", 1, 1))
    teller.put(Progress(1, 1, 1.0, 1, None))
    assert teller._flushes.empty()
