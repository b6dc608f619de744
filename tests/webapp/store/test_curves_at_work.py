"""Durable curves while they are written, merged and read at once. On SQLite and PostgreSQL."""

import threading

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from dlcore.events import Scalars
from tests.making import logged_rows, points, running_trial, same_bits
from webapp.models import CurveChunk, State, Trial
from webapp.store import curves, leases
from webapp.store.curves import StaleAttempt


def append(sessions, trial_id, *scalars, attempt=1):
    with sessions() as session:
        curves.append(session, trial_id, attempt, scalars)
        session.commit()


def stored(sessions, trial_id, key="train/loss", **window):
    with sessions() as session:
        return curves.read(session, trial_id, [key], points=1_000_000, **window)[key]


def chunks(sessions, trial_id):
    with sessions() as session:
        return session.scalar(select(func.count()).where(CurveChunk.trial_id == trial_id))


def test_rows_are_every_point_in_order(sessions):
    trial_id = running_trial(sessions)
    loss, lr = points("train/loss", 1, 5_000), points("lr", 25, 40, every=25)
    append(sessions, trial_id, loss, lr)
    with sessions() as session:
        found = list(logged_rows(session, trial_id, ["lr", "train/loss"]))
    assert [row[0] for row in found] == ["lr"] * 40 + ["train/loss"] * 5_000
    assert [row[1] for row in found[40:]] == loss.steps.tolist()
    assert [row[2] for row in found[40:]] == loss.values.tolist()
    assert [row[3] for row in found[:40]] == lr.times.tolist()


def test_two_curves_of_a_batch_do_not_mind_each_other(sessions):
    trial_id = running_trial(sessions)
    append(sessions, trial_id, points("train/loss", 1, 100), points("lr", 25, 2, every=25))
    append(sessions, trial_id, points("train/loss", 101, 1), points("lr", 75, 1))
    with sessions() as session:
        assert curves.keys(session, trial_id) == ["lr", "train/loss"]
    assert stored(sessions, trial_id, "lr").steps.tolist() == [25, 50, 75]


def test_a_late_write_of_an_older_attempt_is_refused(sessions):
    trial_id = running_trial(sessions)
    append(sessions, trial_id, points("train/loss", 1, 10))
    with sessions() as session:
        session.get_one(Trial, trial_id).lease_until = session.get_one(Trial, trial_id).created_at
        session.commit()
        assert leases.claim(session, trial_id, "another", 60) == 2
    late = points("train/loss", 11, 10)
    for write in (
        lambda session: curves.append(session, trial_id, 1, [late]),
        lambda session: curves.truncate(session, trial_id, 1, 5),
        lambda session: curves.merge(session, trial_id, 1),
        lambda session: curves.hold_attempt(session, trial_id, 1),
    ):
        with sessions() as session, pytest.raises(StaleAttempt):
            write(session)
    append(sessions, trial_id, points("train/loss", 11, 5), attempt=2)
    assert stored(sessions, trial_id).steps.tolist() == list(range(1, 16))


@pytest.mark.parametrize("state", [State.COMPLETED, State.FAILED, State.CANCELLED, State.QUEUED])
def test_nothing_is_written_to_a_trial_that_does_not_run(sessions, state):
    trial_id = running_trial(sessions)
    with sessions() as session:
        leases.finish(session, trial_id, 1, state)
        session.commit()
    with pytest.raises(StaleAttempt):
        append(sessions, trial_id, points("train/loss", 1, 10))
    assert chunks(sessions, trial_id) == 0


def test_a_deleted_trial_refuses_points(sessions):
    trial_id = running_trial(sessions)
    with sessions() as session:
        session.execute(delete(Trial).where(Trial.id == trial_id))
        session.commit()
    with pytest.raises(StaleAttempt):
        append(sessions, trial_id, points("train/loss", 1, 10))


def test_truncate_keeps_what_lies_before_the_checkpoint(sessions):
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 10_000)
    append(sessions, trial_id, logged, points("lr", 100, 90, every=100))
    with sessions() as session:
        curves.truncate(session, trial_id, 1, 5_000)
        session.commit()
    found = stored(sessions, trial_id)
    assert same_bits(found.values, logged.values[:5_000])
    assert stored(sessions, trial_id, "lr").steps[-1] == 5_000
    append(sessions, trial_id, points("train/loss", 5_001, 3))
    assert stored(sessions, trial_id).steps.tolist() == list(range(1, 5_004))


def test_truncate_to_the_beginning_leaves_nothing(sessions):
    trial_id = running_trial(sessions)
    append(sessions, trial_id, points("train/loss", 1, 100))
    with sessions() as session:
        curves.truncate(session, trial_id, 1, -1)
        session.commit()
    assert chunks(sessions, trial_id) == 0


@pytest.mark.parametrize("merged", [False, True])
def test_a_spike_and_a_nan_survive_at_every_resolution(sessions, merged):
    trial_id = running_trial(sessions)
    values = np.sin(np.arange(60_000) / 500)
    values[[31_234, 45_678, 51_111]] = 99, np.nan, -np.inf
    for start in range(0, 60_000, 2_000):
        append(sessions, trial_id, points("train/loss", start + 1, 2_000, values[start : start + 2_000]))
    if merged:
        with sessions() as session:
            curves.merge(session, trial_id, 1)
            session.commit()
    for resolution in (20, 100, 1_500, 10_000):
        for first, last in ((None, None), (30_000, 52_000), (31_235, 51_112)):
            with sessions() as session:
                found = curves.read(session, trial_id, ["train/loss"], resolution, first, last)["train/loss"]
            assert {31_235, 45_679, 51_112} <= set(found.steps.tolist())
            assert found.values[found.steps == 31_235] == 99
            assert len(found) <= resolution + 20


def test_a_zoom_gives_only_what_is_in_the_window_and_all_of_it_when_it_fits(sessions):
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 20_000)
    append(sessions, trial_id, logged)
    with sessions() as session:
        found = curves.read(session, trial_id, ["train/loss"], 1_500, 9_000, 9_999)["train/loss"]
    assert found.steps.tolist() == list(range(9_000, 10_000))
    assert same_bits(found.values, logged.values[8_999:9_999])


def test_a_window_without_points_and_a_curve_that_is_not_there_are_empty(sessions):
    trial_id = running_trial(sessions)
    append(sessions, trial_id, points("train/loss", 1, 10))
    assert len(stored(sessions, trial_id, first=11, last=20)) == 0
    assert len(stored(sessions, trial_id, "nothing")) == 0


def test_a_million_points_are_shown_from_sketches_only(sessions):
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 1_000_000)
    append(sessions, trial_id, logged)
    assert chunks(sessions, trial_id) <= 245
    with sessions() as session:
        session.execute(update(CurveChunk).values(points=b"not to be read"))
        found = curves.read(session, trial_id, ["train/loss"])["train/loss"]
    assert 1_000 <= len(found) <= 1_600
    assert {int(logged.steps[logged.values.argmax()]), int(logged.steps[logged.values.argmin()])} <= set(
        found.steps.tolist()
    )


def test_merging_makes_few_chunks_and_neither_loses_nor_doubles_a_point(sessions):
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 10_000)
    for start in range(0, 10_000, 50):
        append(sessions, trial_id, part(logged, start, 50))
    assert chunks(sessions, trial_id) == 200
    with sessions() as session:
        curves.merge(session, trial_id, 1)
        session.commit()
        curves.merge(session, trial_id, 1)
        session.commit()
    assert chunks(sessions, trial_id) == 3
    found = stored(sessions, trial_id)
    assert found.steps.tolist() == logged.steps.tolist()
    assert same_bits(found.values, logged.values)
    assert same_bits(found.times, logged.times)


def test_tidying_waits_until_small_chunks_have_gathered(sessions):
    trial_id = running_trial(sessions)
    for number in range(70):
        append(sessions, trial_id, points("train/loss", 1 + 10 * number, 10))
        if number == 30:
            append(sessions, trial_id, points("lr", 1, 3))
        with sessions() as session:
            curves.tidy(session, trial_id, 1)
            session.commit()
        if number == 40:
            assert chunks(sessions, trial_id) == 42
    assert chunks(sessions, trial_id) < 12
    assert stored(sessions, trial_id).steps.tolist() == list(range(1, 701))


@pytest.mark.parametrize(("curve_points", "window"), [(1_000_000, {}), (20, {}), (20, {"first": 555})])
def test_a_reader_beside_writing_and_merging_sees_no_hole_and_no_double(sessions, curve_points, window):
    """A view that is exact, one of sketches, and a window; each hundredth step is a NaN, so that a lost chunk is seen in any."""
    trial_id = running_trial(sessions)
    begin = window.get("first", 1)
    done = threading.Event()
    problems: list[str] = []

    def read_on() -> None:
        while not done.is_set():
            with sessions() as session:
                found = curves.read(session, trial_id, ["train/loss"], curve_points, **window)["train/loss"]
            if not len(found):
                continue
            odd = found.steps[np.isnan(found.values)]
            expected = range(begin // 100 * 100 + 100, int(found.steps[-1]) + 1, 100)
            whole = curve_points < 100 or len(found) == found.steps[-1] - begin + 1
            if found.steps[0] != begin or (np.diff(found.steps) <= 0).any() or not whole:
                problems.append(f"{len(found)} points from {found.steps[0]} to {found.steps[-1]}")
            elif len(expected) <= curve_points and odd.tolist() != list(expected):
                problems.append(f"NaN at {odd} and not at {expected}")

    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        for number in range(120):
            steps = np.arange(1 + 100 * number, 101 + 100 * number)
            values = np.where(steps % 100 == 0, np.nan, steps / 7)
            append(sessions, trial_id, points("train/loss", int(steps[0]), 100, values))
            if number % 20 == 19:
                with sessions() as session:
                    curves.merge(session, trial_id, 1)
                    session.commit()
    finally:
        done.set()
        reader.join()
    assert problems == []
    assert stored(sessions, trial_id).steps[-1] == 12_000


def test_a_spike_at_the_edge_of_a_window_is_not_hidden_by_a_greater_one_outside(sessions):
    trial_id = running_trial(sessions)
    values = np.random.default_rng(0).standard_normal(500_000)
    edges = (101_234, 377_777)
    for edge, inward in zip(edges, (1, -1), strict=True):
        values[edge - inward - 1], values[edge - 1], values[edge + inward - 1] = 1000, 10, np.nan
    append(sessions, trial_id, points("train/loss", 1, 500_000, values))
    with sessions() as session:
        found = curves.read(session, trial_id, ["train/loss"], 1_500, *edges)["train/loss"]
    shown = dict(zip(found.steps.tolist(), found.values.tolist(), strict=True))
    assert [shown[edge] for edge in edges] == [10, 10]
    assert np.isnan([shown[edges[0] + 1], shown[edges[1] - 1]]).all()
    assert 1_000 <= len(found) <= 1_600


def test_a_window_of_time_begins_and_ends_at_the_very_points(sessions):
    trial_id = running_trial(sessions)
    values = np.random.default_rng(0).standard_normal(400_000)
    values[[100_000, 100_001, 299_999, 300_000]] = 1000, 10, 10, 1000
    logged = points("train/loss", 1, 400_000, values)
    append(sessions, trial_id, logged, points("lr", 1, 10))
    keys = ["train/loss", "lr", "nothing"]
    start, end = logged.times[100_001].item(), logged.times[299_999].item()
    with sessions() as session:
        found = curves.read_times(session, trial_id, keys, 1_500, start, end)
        every = curves.read_times(session, trial_id, keys, 1_500, -np.inf, np.inf)
        none = curves.read_times(session, trial_id, keys, 1_500, end + 1e6, end + 2e6)
    assert found["train/loss"].steps[[0, -1]].tolist() == [100_002, 300_000]
    assert found["train/loss"].values[[0, -1]].tolist() == [10, 10]
    assert 1_000 <= len(found["train/loss"]) <= 1_600
    assert every["train/loss"].steps[[0, -1]].tolist() == [1, 400_000]
    assert [len(found["lr"]), len(every["lr"]), len(every["nothing"])] == [0, 10, 0]
    assert [len(data) for data in none.values()] == [0, 0, 0]


@pytest.mark.parametrize("length", [1_000, 50_000, 250_000])
def test_a_single_odd_step_is_seen_in_any_window_around_it(sessions, length):
    trial_id = running_trial(sessions)
    random = np.random.default_rng(0)
    values = np.exp(-np.arange(300_000) / 20_000) * 5 + 0.01 * random.standard_normal(300_000)
    spikes = random.choice(np.arange(1_000, 299_000), 20, replace=False)
    values[spikes] += 1  # far below the first losses
    values[spikes[::4]] = np.nan
    append(sessions, trial_id, points("train/loss", 1, 300_000, values))
    with sessions() as session:
        for spike in spikes.tolist():
            first = max(1, spike + 1 - int(random.integers(0, length)))
            window = curves.read(session, trial_id, ["train/loss"], 300, first, first + length)["train/loss"]
            assert spike + 1 in window.steps


def part(scalars: Scalars, start: int, count: int) -> Scalars:
    cut = slice(start, start + count)
    return Scalars(scalars.key, scalars.steps[cut], scalars.values[cut], scalars.times[cut])


def test_rows_that_are_read_while_chunks_are_merged_are_all_there(sessions):
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 6_000)
    for start in range(0, 6_000, 100):
        append(sessions, trial_id, part(logged, start, 100))
    with sessions() as session:
        found = logged_rows(session, trial_id, ["train/loss"])
        read = [next(found) for _ in range(150)]
        session.rollback()  # as PostgreSQL does it for each statement by default, let it see what others commit
        with sessions() as another:
            curves.merge(another, trial_id, 1)
            another.commit()
        read += list(found)
    assert [row[1] for row in read] == logged.steps.tolist()
    assert [row[2] for row in read] == logged.values.tolist()
