"""Durable histograms: once each, cut back with their attempt, gone with their trial. On SQLite and PostgreSQL."""

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Histogram
from webapp.models import Experiment, HistogramRow, Trial
from webapp.store import histograms
from webapp.store.curves import StaleAttempt

Sessions = sessionmaker[Session]
KEY = "gradients/fc1.weight"


def measured(step: int, key: str = KEY, first: int = 0) -> Histogram:
    counts = np.random.default_rng(step).integers(0, 2**16, 64)
    counts[0] = first
    return Histogram(key, step, step / 10, -1e-300, 3e38, counts)


def steps_of(session: Session, trial: int, most: int = 1000) -> list[int]:
    return [histogram.step for histogram in histograms.read(session, trial, KEY, most)]


def test_a_histogram_reads_back_as_it_was(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(20, first=2**32 - 1)])
        session.commit()
    with sessions() as session:
        (read,) = histograms.read(session, running_trial, KEY, 10)
    put = measured(20, first=2**32 - 1)
    assert (read.key, read.step, read.epoch, read.low, read.high) == (KEY, 20, 2.0, -1e-300, 3e38)
    assert read.counts.dtype == np.int64
    assert np.array_equal(read.counts, put.counts)


def test_one_of_the_same_key_and_step_takes_the_others_place(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        for first in (1, 2):
            histograms.add(session, running_trial, 1, [measured(1, first=first), measured(2), measured(1, "weights/a")])
            session.commit()
        assert steps_of(session, running_trial) == [1, 2]
        assert histograms.read(session, running_trial, KEY, 10)[0].counts[0] == 2


def test_an_attempt_that_goes_on_from_a_checkpoint_drops_what_came_after_it(
    sessions: Sessions, running_trial: int
) -> None:
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(step) for step in (1, 10, 20, 30)])
        histograms.truncate(session, running_trial, 1, 10)
        session.commit()
        assert steps_of(session, running_trial) == [1, 10]
        histograms.truncate(session, running_trial, 1, -1)
        assert steps_of(session, running_trial) == []


def test_an_older_attempt_neither_adds_nor_drops(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(1)])
        session.commit()
        for late in (
            lambda: histograms.add(session, running_trial, 0, [measured(2)]),
            lambda: histograms.truncate(session, running_trial, 0, -1),
        ):
            with pytest.raises(StaleAttempt):
                late()
            session.rollback()
        assert steps_of(session, running_trial) == [1]


def test_of_many_so_many_are_read_at_even_distances_with_the_first_and_the_last(
    sessions: Sessions, running_trial: int
) -> None:
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(step) for step in range(101)])
        assert steps_of(session, running_trial, 101) == list(range(101))
        assert steps_of(session, running_trial, 5) == [0, 25, 50, 75, 100]
        assert steps_of(session, running_trial, 1) == [100]


def test_keys_come_by_their_kind_and_within_it_in_the_order_of_the_layers(
    sessions: Sessions, running_trial: int
) -> None:
    order = ["activations/relu2", "activations/fc10", "gradients/fc9.weight", "gradients/fc10.weight"]
    given = [order[0], order[2], order[1], order[3]]
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(step, key) for step in (1, 2) for key in given])
        assert histograms.keys(session, running_trial) == order


def test_they_go_with_their_trial(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        histograms.add(session, running_trial, 1, [measured(1)])
        session.commit()
        session.delete(session.get_one(Experiment, session.get_one(Trial, running_trial).experiment_id))
        session.commit()
        assert session.scalar(select(func.count(HistogramRow.id))) == 0


def test_a_histogram_of_a_trained_layer_takes_less_than_its_64_numbers() -> None:
    counts = np.histogram(np.random.default_rng(0).standard_normal(16_000), 64)[0]
    assert len(histograms.pack(counts)) < 64 * 3
