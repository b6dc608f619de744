"""Points that are logged one call each. On SQLite and PostgreSQL."""

import numpy as np
import pytest
from sqlalchemy import func, select

from tests.making import running_trial, same_bits
from webapp.models import CurveChunk, Trial
from webapp.store import curves, log
from webapp.store.log import CurveLog


def stored(sessions, trial_id, key="train/loss"):
    with sessions() as session:
        return curves.read(session, trial_id, [key], points=1_000_000)[key]


def rows(sessions, trial_id):
    with sessions() as session:
        return session.scalar(select(func.count()).where(CurveChunk.trial_id == trial_id))


def test_every_point_is_there_as_it_was_logged(sessions):
    trial_id = running_trial(sessions)
    values = np.random.default_rng(0).standard_normal(40_000)
    values[[3, 20_000, 39_999]] = np.nan, np.inf, -np.inf
    with CurveLog(sessions, trial_id, 1) as logged:
        for step, value in enumerate(values.tolist()):
            logged.add("train/loss", step, value, at=1.7e9 + step / 100)
            if step % 10 == 0:
                logged.add("lr", step, 0.5)
    found = stored(sessions, trial_id)
    assert found.steps.tolist() == list(range(40_000))
    assert same_bits(found.values, values)
    assert same_bits(found.times, np.rint((1.7e9 + np.arange(40_000) / 100) * 1000) / 1000)
    assert stored(sessions, trial_id, "lr").steps.tolist() == list(range(0, 40_000, 10))


def test_full_chunks_are_written_on_the_way_and_small_ones_are_merged_at_the_end(sessions):
    trial_id = running_trial(sessions)
    logged = CurveLog(sessions, trial_id, 1)
    for step in range(log.FULL_POINTS):
        logged.add("train/loss", step, 1.0)
    assert len(stored(sessions, trial_id)) == log.FULL_POINTS
    for step in range(log.FULL_POINTS, log.FULL_POINTS + 100):
        logged.add("train/loss", step, 1.0)
        logged.flush()
    logged.close()
    assert len(stored(sessions, trial_id)) == log.FULL_POINTS + 100
    assert rows(sessions, trial_id) == log.FULL_POINTS / curves.CHUNK_POINTS + 1


def test_small_chunks_are_merged_on_the_way_too(sessions):
    trial_id = running_trial(sessions)
    logged = CurveLog(sessions, trial_id, 1)
    for step in range(3 * curves.MERGE_FROM_ROWS):
        logged.add("train/loss", step, 1.0)
        logged.flush()
    assert rows(sessions, trial_id) <= curves.MERGE_FROM_ROWS
    assert len(stored(sessions, trial_id)) == 3 * curves.MERGE_FROM_ROWS


def test_a_point_that_has_waited_for_a_second_is_written_with_the_next(sessions, monkeypatch):
    trial_id = running_trial(sessions)
    monkeypatch.setattr(log, "WRITE_EVERY_S", 0.0)
    logged = CurveLog(sessions, trial_id, 1)
    logged.add("train/loss", 1, 0.5)
    assert stored(sessions, trial_id).steps.tolist() == [1]


def test_what_was_logged_before_the_body_fails_is_kept(sessions):
    trial_id = running_trial(sessions)

    def train() -> None:
        with CurveLog(sessions, trial_id, 1) as logged:
            logged.add("train/loss", 1, 0.5)
            logged.add("train/loss", 2, 1 / 0)

    with pytest.raises(ZeroDivisionError):
        train()
    assert stored(sessions, trial_id).steps.tolist() == [1]


def set_attempt(sessions, trial_id, attempt):
    with sessions() as session:
        session.get_one(Trial, trial_id).attempt = attempt
        session.commit()


def test_what_is_refused_is_not_written_and_what_could_not_be_written_stays(sessions):
    trial_id = running_trial(sessions)
    logged = CurveLog(sessions, trial_id, 1)
    logged.add("train/loss", 1, 0.5)
    set_attempt(sessions, trial_id, 2)
    with pytest.raises(curves.StaleAttempt):
        logged.close()
    assert len(stored(sessions, trial_id)) == 0
    set_attempt(sessions, trial_id, 1)
    logged.close()
    assert stored(sessions, trial_id).steps.tolist() == [1]
