"""Whatever is done to curves, in whatever order, they read back as a dict would have it. On SQLite and PostgreSQL."""

from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, update

from dlcore.events import Scalars
from tests.making import logged_rows, running_trial
from tests.webapp.store.older import make_older
from webapp.models import CurveChunk, Trial
from webapp.store import curves
from webapp.store.encoding import CurveData
from webapp.store.log import CurveLog

KEYS = ("train/loss", "lr")
CHUNK = 256  # small ones, so that a few hundred points go through all that a million would
FIXED = settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True, database=None)
ODD = (np.nan, np.inf, -np.inf, 1e6, -1e6, -0.0, 1e-310)

keys = st.sampled_from(KEYS)
positions = st.floats(-0.1, 1.1)
Point = tuple[float, float]  # value, time


@st.composite
def batches(draw: st.DrawFn) -> CurveData:
    """Points from some step on: evenly spaced or not, of float32 or float64, some of them odd, now and then out of order."""
    count, first = draw(st.integers(1, 700)), draw(st.integers(-50, 1000))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    apart = draw(st.sampled_from([1, 25, 2**33, None]))
    steps = first + (random.integers(1, 9, count).cumsum() if apart is None else apart * np.arange(count))
    values = random.normal(size=count)
    if draw(st.booleans()):
        values = values.astype(np.float32).astype(np.float64)
    for place in draw(st.lists(st.integers(0, count - 1), max_size=4)):
        values[place : place + draw(st.sampled_from([1, 1, 100]))] = draw(st.sampled_from(ODD))
    if draw(st.integers(0, 9)) == 0:
        steps = random.permutation(steps)
    times = (1_700_000_000_000 + random.integers(-5, 300, count).cumsum()) / 1000
    return CurveData(steps.astype(np.int64), values, times)


class Curves(RuleBasedStateMachine):
    """A trial's curves in the database beside the same in a dict: {key: {step: (value, time)}}."""

    def __init__(self, sessions: Any) -> None:
        super().__init__()
        self.sessions = sessions
        self.trial_id = running_trial(sessions)
        self.attempt = 1
        self.model: dict[str, dict[int, Point]] = {key: {} for key in KEYS}
        self.sent: list[tuple[str, CurveData]] = []

    def last(self, key: str) -> int:
        return max(self.model[key], default=0)

    def accept(self, key: str, data: CurveData) -> None:
        """What the dict makes of points: those above all before them are new."""
        highest = max(self.model[key], default=curves.FIRST)
        for step, value, at in zip(data.steps.tolist(), data.values.tolist(), data.times.tolist(), strict=True):
            if step > highest:
                self.model[key][step] = value, at
                highest = step

    def write(self, *batches: tuple[str, CurveData], attempt: int | None = None, commit: bool = True) -> None:
        scalars = [Scalars(key, data.steps, data.values, data.times) for key, data in batches]
        with self.sessions() as session:
            curves.append(session, self.trial_id, attempt or self.attempt, scalars)
            if commit:
                session.commit()

    @rule(key=keys, data=batches(), back=st.sampled_from([0, 0, 0, 100, 10_000]))
    def append(self, key: str, data: CurveData, back: int) -> None:
        """Points behind the last, or some that are there already and some behind them."""
        data = CurveData(data.steps + self.last(key) - back, data.values, data.times)
        self.write((key, data))
        self.accept(key, data)
        self.sent.append((key, data))

    @rule(first=batches(), second=batches())
    def append_several_at_once(self, first: CurveData, second: CurveData) -> None:
        sent = [(KEYS[0], first), (KEYS[1], second), (KEYS[0], second)]
        self.write(*sent)
        for key, data in sent:
            self.accept(key, data)

    @rule(key=keys, data=batches(), count=st.integers(1, 9))
    def log_a_few(self, key: str, data: CurveData, count: int) -> None:
        """One call for each, and each written at once: rows of one point."""
        data = CurveData(data.steps + self.last(key), data.values, data.times).where(slice(count))
        log = CurveLog(self.sessions, self.trial_id, self.attempt)
        for step, value, at in zip(data.steps.tolist(), data.values.tolist(), data.times.tolist(), strict=True):
            log.add(key, step, value, at)
            log.flush()
        self.accept(key, data)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """An answer was lost, so the same points come again: of this attempt, or of one before it."""
        key, batch = data.draw(st.sampled_from(self.sent))
        self.write((key, batch))
        self.accept(key, batch)

    @rule(key=keys, data=batches(), behind=st.integers(1, 3))
    def a_stale_attempt_writes(self, key: str, data: CurveData, behind: int) -> None:
        with pytest.raises(curves.StaleAttempt):
            self.write((key, data), attempt=self.attempt - behind or -1)

    @rule(key=keys, data=batches())
    def a_writer_ends_before_its_commit(self, key: str, data: CurveData) -> None:
        self.write((key, data), commit=False)

    @rule()
    def merge(self) -> None:
        with self.sessions() as session:
            curves.merge(session, self.trial_id, self.attempt)
            session.commit()
            counted = select(CurveChunk.key, func.count()).where(CurveChunk.trial_id == self.trial_id)
            rows = dict(session.execute(counted.group_by(CurveChunk.key)).all())
        for key, points in self.model.items():
            assert rows.get(key, 0) <= 2 * len(points) / CHUNK + 1

    @rule()
    def tidy(self) -> None:
        with self.sessions() as session:
            curves.tidy(session, self.trial_id, self.attempt)
            session.commit()

    @rule(key=keys, position=positions)
    def restart(self, key: str, position: float) -> None:
        """A new attempt goes on from a checkpoint at some step."""
        self.attempt += 1
        after = self.step_at(key, position)
        with self.sessions() as session:
            session.execute(update(Trial).where(Trial.id == self.trial_id).values(attempt=self.attempt))
            curves.truncate(session, self.trial_id, self.attempt, after)
            session.commit()
        self.model = {key: {s: p for s, p in points.items() if s <= after} for key, points in self.model.items()}

    @rule(every=st.integers(1, 3))
    def some_were_written_by_an_older_version(self, every: int) -> None:
        with self.sessions() as session:
            make_older(session, self.trial_id, every)
            session.commit()

    @rule(key=keys, low=positions, high=positions, resolution=st.sampled_from([10, 30, 100, 1500]))
    def look_at_a_window(self, key: str, low: float, high: float, resolution: int) -> None:
        first, last = sorted((self.step_at(key, low), self.step_at(key, high)))
        inside = {step: point for step, point in self.model[key].items() if first <= step <= last}
        with self.sessions() as session:
            found = curves.read(session, self.trial_id, [key], resolution, first, last)[key]
        self.shows(found, inside, resolution)

    @rule(key=keys, resolution=st.sampled_from([10, 30, 100, 1500]))
    def look_at_all(self, key: str, resolution: int) -> None:
        with self.sessions() as session:
            found = curves.read(session, self.trial_id, [key], resolution)[key]
        self.shows(found, self.model[key], resolution)

    @invariant()
    def every_point_is_there_once(self) -> None:
        with self.sessions() as session:
            logged = list(logged_rows(session, self.trial_id, KEYS))
            known = curves.keys(session, self.trial_id)
            last_steps = curves.last_step_of(session, self.trial_id, KEYS)
        expected = [(key, step, *point) for key in KEYS for step, point in self.model[key].items()]
        assert bits(logged) == bits(expected)
        assert known == sorted(key for key, points in self.model.items() if points)
        assert last_steps == {key: max(points) for key, points in self.model.items() if points}

    def step_at(self, key: str, position: float) -> int:
        """A step at some part of a curve's length; a little outside of it below 0 and above 1."""
        steps = [*self.model[key], 0]
        return round(min(steps) + position * (max(steps) - min(steps)))

    def shows(self, found: CurveData, points: dict[int, Point], resolution: int) -> None:
        """Whether a view of points is true: each of them is one, and none that matters is missing."""
        view = {
            s: (v, t) for s, v, t in zip(found.steps.tolist(), found.values.tolist(), found.times.tolist(), strict=True)
        }
        assert (np.diff(found.steps) > 0).all()
        assert bits(view.items()) == bits((step, points[step]) for step in view)
        if len(points) <= resolution:
            assert view.keys() == points.keys()
            return
        assert len(view) <= 2 * resolution + 10
        assert {min(points), max(points)} <= view.keys()
        every, shown = values_of(points), values_of(view)
        assert {str(value) for value in every[~np.isfinite(every)]} == {str(v) for v in shown[~np.isfinite(shown)]}
        if np.isfinite(every).any():
            every, shown = every[np.isfinite(every)], shown[np.isfinite(shown)]
            assert (shown.min(), shown.max()) == (every.min(), every.max())


def values_of(points: dict[int, Point]) -> np.ndarray:
    return np.array([value for value, _ in points.values()])


def bits(points: Any) -> list[str]:
    """As text, for NaN is not equal to itself, and 0.0 is equal to -0.0."""
    return [repr(point) for point in points]


def test_any_sequence_of_writes_merges_and_restarts_reads_back_what_was_accepted(
    sessions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "CHUNK_POINTS", CHUNK)
    monkeypatch.setattr(curves, "MERGE_FROM_ROWS", 4)
    run_state_machine_as_test(lambda: Curves(sessions), settings=FIXED)
