"""Durable curves: exact, once each, and thinned without losing what matters. On SQLite and PostgreSQL."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Scalars
from tests.making import logged_rows
from tests.webapp.store.older import make_older, pack_older
from webapp.models import CurveChunk, Trial
from webapp.store import curves
from webapp.store.encoding import CurveData, pack, unpack
from webapp.store.sketch import thinned

Sessions = sessionmaker[Session]
KEY = "train/loss"


def points(first: int, last: int, values: object = None) -> Scalars:
    """The steps first..last of the loss."""
    steps = np.arange(first, last + 1)
    return Scalars(KEY, steps, np.asarray(steps / 7.0 if values is None else values, np.float64), 1.7e9 + steps / 1000)


def stored(session: Session, trial: int) -> list[tuple[int, float]]:
    """(step, value) of every point."""
    return [(step, value) for _, step, value, _ in logged_rows(session, trial, [KEY])]


def test_every_point_reads_back_bit_for_bit(sessions: Sessions, running_trial: int) -> None:
    values = np.array([0.1, np.nan, np.inf, -np.inf, 1e-300, -0.0, 3.0])
    with sessions() as session:
        curves.append(session, running_trial, 1, [points(1, 7, values)])
        session.commit()
        read = np.array([value for _, value in stored(session, running_trial)])
    assert read.tobytes() == values.tobytes()


def test_points_that_come_again_are_kept_once(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        for batch in (points(1, 10), points(5, 15), points(1, 15), points(16, 20)):
            curves.append(session, running_trial, 1, [batch])
            session.commit()
        assert stored(session, running_trial) == [(step, step / 7.0) for step in range(1, 21)]


def test_a_late_write_of_an_older_attempt_is_refused(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        session.get_one(Trial, running_trial).attempt = 2
        session.commit()
        with pytest.raises(curves.StaleAttempt):
            curves.append(session, running_trial, 1, [points(1, 3)])
        session.rollback()
        assert stored(session, running_trial) == []


def test_a_trial_that_has_ended_takes_no_more_points(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        session.get_one(Trial, running_trial).state = "completed"
        session.commit()
        with pytest.raises(curves.StaleAttempt):
            curves.append(session, running_trial, 1, [points(1, 3)])


@pytest.mark.parametrize("odd", [1e6, -1e6, np.nan, np.inf])
@pytest.mark.parametrize("resolution", [10, 100, 1500])
def test_a_single_odd_step_is_seen_at_every_resolution(
    sessions: Sessions, running_trial: int, odd: float, resolution: int
) -> None:
    values = np.sin(np.arange(1, 30_001) / 500)
    values[12_345] = odd
    with sessions() as session:
        curves.append(session, running_trial, 1, [points(1, 30_000, values)])
        session.commit()
        read = curves.read(session, running_trial, [KEY], points=resolution)[KEY]
    assert len(read) <= 2 * resolution + 10
    position = np.flatnonzero(read.steps == 12_346)
    assert position.size == 1
    np.testing.assert_equal(read.values[position[0]], odd)


def test_a_window_that_fits_is_exact(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        curves.append(session, running_trial, 1, [points(1, 50_000)])
        session.commit()
        read = curves.read(session, running_trial, [KEY], points=500, first=20_000, last=20_400)[KEY]
    assert read.steps.tolist() == list(range(20_000, 20_401))


def test_merging_changes_no_point_and_leaves_few_rows(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        for first in range(1, 9_001, 90):
            curves.append(session, running_trial, 1, [points(first, first + 89)])
        session.commit()
        before = stored(session, running_trial)
        curves.merge(session, running_trial, 1)
        session.commit()
        assert stored(session, running_trial) == before
        rows = session.scalar(select(func.count(CurveChunk.id)).where(CurveChunk.trial_id == running_trial))
    assert len(before) == 9_000
    assert rows == 3


def test_merging_keeps_the_order_around_a_full_chunk(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        for first, last in ((1, 10), (11, 20), (21, 20 + 4096), (5_000, 5_010), (5_011, 5_020)):
            curves.append(session, running_trial, 1, [points(first, last)])
        session.commit()
        before = stored(session, running_trial)
        curves.merge(session, running_trial, 1)
        session.commit()
        assert stored(session, running_trial) == before


def test_a_new_attempt_cuts_back_to_its_checkpoint(sessions: Sessions, running_trial: int) -> None:
    with sessions() as session:
        curves.append(session, running_trial, 1, [points(1, 100)])
        curves.append(session, running_trial, 1, [points(101, 150)])
        curves.truncate(session, running_trial, 1, 70)
        session.commit()
        assert [step for step, _ in stored(session, running_trial)] == list(range(1, 71))


def test_a_loss_curve_costs_at_most_eight_bytes_a_point(sessions: Sessions, running_trial: int) -> None:
    values = np.random.default_rng(0).normal(size=40_000).astype(np.float32)
    with sessions() as session:
        curves.append(session, running_trial, 1, [points(1, 40_000, values)])
        session.commit()
        sizes = func.sum(func.length(CurveChunk.points) + func.length(CurveChunk.sketch))
        size = session.scalar(select(sizes).where(CurveChunk.trial_id == running_trial))
    assert size / 40_000 <= 8


@given(
    steps=st.lists(st.integers(0, 2**40), min_size=1, max_size=200, unique=True).map(sorted),
    data=st.data(),
)
def test_any_points_survive_packing(steps: list[int], data: st.DataObject) -> None:
    n = len(steps)
    values = data.draw(hnp.arrays(np.float64, n, elements=st.floats(width=64)))
    times = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, 2**42))) / 1000
    again = unpack(pack(CurveData(np.array(steps), values, times)))
    assert again.steps.tolist() == steps
    np.testing.assert_array_equal(again.values, values)
    np.testing.assert_array_equal(again.times, times)


@given(values=hnp.arrays(np.float64, st.integers(1, 3000), elements=st.floats(width=32)), wanted=st.integers(10, 300))
def test_thinning_keeps_the_ends_and_the_extremes(values: np.ndarray, wanted: int) -> None:
    data = CurveData(np.arange(len(values)), values, np.zeros(len(values)))
    few = thinned(data, wanted)
    assert few.steps[0] == 0
    assert few.steps[-1] == len(values) - 1
    finite = values[np.isfinite(values)]
    if finite.size:
        shown = few.values[np.isfinite(few.values)]
        assert shown.min() == finite.min()
        assert shown.max() == finite.max()
    assert np.isnan(few.values).any() == np.isnan(values).any()


@given(
    steps=st.lists(st.integers(0, 2**40), min_size=1, max_size=50, unique=True).map(sorted),
    data=st.data(),
)
def test_any_points_of_an_older_version_are_read(steps: list[int], data: st.DataObject) -> None:
    n = len(steps)
    values = data.draw(hnp.arrays(np.float64, n, elements=st.floats(width=64)))
    times = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, 2**42))) / 1000
    again = unpack(pack_older(CurveData(np.array(steps), values, times)))
    assert again.steps.tolist() == steps
    np.testing.assert_array_equal(again.values, values)
    np.testing.assert_array_equal(again.times, times)


def test_a_number_that_is_none_keeps_its_payload() -> None:
    values = np.array([0x7FF8000000000123, 0xFFF0000000000001, 0x7FF0000000000000], np.uint64)
    data = CurveData(np.arange(3), values.view(np.float64), np.zeros(3))
    assert unpack(pack(data)).values.tobytes() == values.tobytes()


def test_a_curve_of_losses_takes_less_than_its_numbers_did_before(sessions: Sessions, running_trial: int) -> None:
    steps = np.arange(1, 100_001)
    noise = np.random.default_rng(0).normal(size=len(steps))
    losses = (2 * np.exp(-steps / 1e4) + 0.1 * noise).astype(np.float32).astype(np.float64)
    logged = Scalars(KEY, steps, losses, 1.7e9 + np.cumsum(1 + noise % 5) / 1000)
    with sessions() as session:
        curves.append(session, running_trial, 1, [logged])
        session.commit()
        sizes = func.sum(func.length(CurveChunk.points) + func.coalesce(func.length(CurveChunk.sketch), 0))
        now = session.scalar(select(sizes).where(CurveChunk.trial_id == running_trial))
        make_older(session, running_trial)
        before = session.scalar(select(sizes).where(CurveChunk.trial_id == running_trial))
    assert now < 4.5 * len(steps) < before
