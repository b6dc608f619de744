"""Means of several curves and their deviations, held against NumPy."""

import numpy as np
import pytest

from webapp.compare import means
from webapp.compare.means import MeanCurve, mean_of
from webapp.store.encoding import CurveData


def curve(values: object, first: int = 1, every: int = 1) -> CurveData:
    numbers = np.asarray(values, np.float64)
    steps = first + every * np.arange(len(numbers), dtype=np.int64)
    return CurveData(steps, numbers, 1e9 + steps * 0.5)


def mean(*curves: CurveData, points: int = 10_000) -> MeanCurve:
    found = mean_of(curves, points)
    assert found is not None
    return found


def test_curves_of_the_same_steps_have_the_mean_and_deviation_that_numpy_gives() -> None:
    values = np.random.default_rng(0).normal(size=(7, 500))
    found = mean(*map(curve, values))
    np.testing.assert_allclose(found.mean, values.mean(axis=0))
    np.testing.assert_allclose(found.deviation, values.std(axis=0, ddof=1))
    assert found.steps.tolist() == list(range(1, 501))
    assert set(found.count) == {7}


def test_curves_of_other_steps_are_straight_between_their_points() -> None:
    coarse, fine = curve([0.0, 10.0, 0.0], first=0, every=10), curve(np.arange(21.0), first=0)
    found = mean(coarse, fine)
    expected = np.stack([np.interp(np.arange(21), coarse.steps, coarse.values), fine.values])
    np.testing.assert_allclose(found.mean, expected.mean(axis=0))
    np.testing.assert_allclose(found.deviation, expected.std(axis=0, ddof=1))


def test_a_trial_that_ended_early_counts_as_far_as_it_went() -> None:
    found = mean(curve([1.0, 1.0]), curve([3.0, 3.0, 3.0]), curve([5.0, 5.0, 5.0]))
    assert found.mean.tolist() == [3.0, 3.0, 4.0]
    assert found.count.tolist() == [3, 3, 2]
    np.testing.assert_allclose(found.deviation, [2.0, 2.0, np.sqrt(2.0)])


def test_where_one_trial_is_left_there_is_no_deviation() -> None:
    found = mean(curve([1.0]), curve([3.0, 4.0]))
    assert found.mean.tolist() == [2.0, 4.0]
    assert np.isnan(found.deviation).tolist() == [False, True]


def test_a_value_that_is_not_finite_is_seen_in_the_mean_of_its_step_only() -> None:
    found = mean(curve([1.0, np.nan, 1.0]), curve([3.0, 3.0, np.inf]))
    assert found.mean[0] == 2.0
    assert np.isnan(found.mean[1])
    assert np.isposinf(found.mean[2])
    other_steps = mean(curve([1.0, np.nan, 1.0, 1.0]), curve([3.0, 3.0], every=2))
    assert np.isnan(other_steps.mean).tolist() == [False, True, False, False]


def test_a_long_mean_is_thinned_to_points_that_are_its_own_and_its_extremes_survive() -> None:
    values = np.random.default_rng(1).normal(size=(3, 20_000))
    values[:, 12_345] = 50.0
    found, whole = mean(*map(curve, values), points=400), values.mean(axis=0)
    assert len(found.steps) <= 404
    assert found.mean.max() == 50.0
    assert found.mean.min() == whole.min()
    np.testing.assert_allclose(found.mean, whole[found.steps - 1])
    np.testing.assert_allclose(found.deviation, values.std(axis=0, ddof=1)[found.steps - 1])


def test_times_are_those_of_the_trial_that_goes_furthest_which_is_named() -> None:
    late = curve([3.0, 4.0, 5.0])
    late = CurveData(late.steps, late.values, late.times + 3600)
    found = mean(curve([]), curve([1.0, 2.0]), late)
    assert found.furthest == 2
    np.testing.assert_allclose(found.times, late.times)


@pytest.mark.parametrize("curves", [[], [curve([])]])
def test_without_points_there_is_no_mean(curves: list[CurveData]) -> None:
    assert mean_of(curves, 100) is None


def test_many_trials_that_logged_different_steps_are_averaged_at_an_even_share_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(means, "MOST_CELLS", 3000)
    curves = [
        curve(np.arange(2000) * 3.0 + first, first=first, every=3) for first in range(3)
    ]  # each value is its step
    found = mean(*curves)
    assert len(found.steps) == 1000
    assert (found.steps[0], found.steps[-1]) == (0, 5999)
    np.testing.assert_allclose(found.mean, found.steps)
