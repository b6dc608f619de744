import time

import numpy as np
import pytest
import redis
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from dlcore.events import Checkpoint, Histogram, Picture, Text
from tests.making import points, running_trial
from tests.waiting import wait_until
from tests.worker.curves_of import facts
from webapp.models import Artifact, CurveChunk, HistogramRow, LogLine, Trial
from webapp.store import histograms, live
from webapp.store.curves import StaleAttempt
from worker import teller as teller_module
from worker.writer import WAITING_EVENTS, Writer, patiently


@pytest.fixture
def trial(sessions):
    return running_trial(sessions)


@pytest.fixture
def writer(trial, sessions, client, settings):
    return Writer(trial, 1, sessions, client, settings)


def away(sessions, table, times):
    """The database does not take rows of a table, so many times."""
    left = [times]

    def refuse(_connection, _cursor, statement, *_rest):
        if statement.startswith(f"INSERT INTO {table}") and left[0]:
            left[0] -= 1
            raise OperationalError(statement, None, Exception("the database is away"))

    event.listen(sessions.kw["bind"], "before_cursor_execute", refuse)


def count(sessions, table):
    with sessions() as session:
        return len(session.scalars(select(table.id)).all())


def test_a_checkpoint_is_kept_only_after_the_points_before_it(writer, sessions):
    away(sessions, "curve_chunks", 1)
    writer.start()
    writer.put(points("train/loss", 1, 10))
    writer.put(Checkpoint(10, 0, {"w": np.zeros(1)}, {}))
    wait_until(lambda: count(sessions, Artifact), "the checkpoint", every_s=0.002)
    stored = count(sessions, CurveChunk)
    writer.close()
    assert stored == 1


def test_a_database_that_is_away_for_a_moment_costs_neither_a_picture_nor_a_line(writer, sessions):
    away(sessions, "artifacts", 2)
    away(sessions, "log_lines", 2)
    writer.start()
    writer.put(Picture("filters", "conv1", 1, 0.1, np.zeros((4, 4), np.uint8)))
    writer.put(Text("hello"))
    writer.close()
    patiently(writer.ledger.catch_up)
    assert (count(sessions, Artifact), count(sessions, LogLine)) == (1, 1)


def distribution(key, step, counts=()):
    return Histogram(key, step, step / 10, -0.5, 1.5, np.array([*counts, *[0] * (64 - len(counts))]), 2)


def test_histograms_are_kept_as_they_were_measured_and_told_to_those_who_watch(writer, trial, sessions, client):
    given = [
        distribution(key, step, [step, 2**31]) for step in (1, 10) for key in ("weights/fc1.weight", "gradients/b")
    ]
    writer.start()
    for histogram in given:
        writer.put(histogram)
    writer.close()
    with sessions() as session:
        assert histograms.keys(session, trial) == ["gradients/b", "weights/fc1.weight"]
        read = histograms.read(session, trial, "weights/fc1.weight", 10)
    for found, put in zip(read, given[::2], strict=True):
        assert facts(found) == facts(put)
    told = [payload for _, kind, payload in live.entries(client, trial) if kind == "histograms"]
    assert {key for payload in told for key in payload["keys"]} == {"gradients/b", "weights/fc1.weight"}
    assert told[-1]["step"] == 10


def test_a_checkpoint_is_kept_only_after_the_histograms_before_it(writer, sessions):
    away(sessions, "histograms", 1)
    writer.start()
    writer.put(distribution("weights/a", 10))
    writer.put(Checkpoint(10, 0, {"w": np.zeros(1)}, {}))
    wait_until(lambda: count(sessions, Artifact), "the checkpoint", every_s=0.002)
    stored = count(sessions, HistogramRow)
    writer.close()
    assert stored == 1


def test_what_an_overtaken_attempt_makes_is_not_kept(writer, trial, sessions, settings):
    with sessions() as session:
        session.get_one(Trial, trial).attempt = 2
        session.commit()
    writer.start()
    writer.put(Picture("filters", "conv1", 1, 0.1, np.zeros((4, 4), np.uint8)))
    writer.put(Checkpoint(10, 0, {"w": np.zeros(1)}, {}))
    with pytest.raises(StaleAttempt):
        writer.close()
    wait_until(lambda: not list((settings.var / "artifacts").rglob("*.*")), "their bytes to be discarded")


def test_a_redis_that_does_not_answer_is_not_asked_with_each_message(writer, monkeypatch):
    asked = []

    def away_too(*_):
        asked.append(time.monotonic())
        raise redis.TimeoutError

    monkeypatch.setattr(teller_module, "publish", away_too)
    for number in range(20):
        writer.say("log", {"message": number})
    assert len(asked) == 1


def test_closing_a_writer_that_failed_with_a_full_queue_raises_and_does_not_hang(writer, monkeypatch):
    def fail():
        raise RuntimeError("broken")

    monkeypatch.setattr(writer, "_take", lambda: time.sleep(0.3) or fail())
    writer.start()
    for number in range(WAITING_EVENTS):
        writer.put(Text(str(number)))
    with pytest.raises(RuntimeError, match="broken"):
        writer.close()
