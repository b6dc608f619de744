import numpy as np
import pytest

from webapp.store.encoding import CurveData
from webapp.store.sketch import SKETCH_POINTS, sketch, thinned


def curve(values) -> CurveData:
    values = np.asarray(values, np.float64)
    return CurveData(np.arange(len(values)), values, np.arange(len(values)) / 1000)


@pytest.mark.parametrize("points", [16, 64, 100, 1500, 20_000])
def test_a_spike_a_nan_and_infinities_survive_at_every_resolution(points):
    values = np.sin(np.arange(100_000) / 1000)
    values[[31_234, 77_777]] = 50, -60
    values[[5, 40_000, 99_000]] = np.nan, np.inf, -np.inf
    found = thinned(curve(values), points)
    assert {31_234, 77_777, 5, 40_000, 99_000} <= set(found.steps.tolist())
    assert len(found) <= points + 10
    assert (np.diff(found.steps) > 0).all()


def test_the_first_and_the_last_point_are_always_there():
    found = sketch(curve(np.random.default_rng(0).standard_normal(4096)))
    assert (found.steps[0], found.steps[-1]) == (0, 4095)
    assert len(found) <= SKETCH_POINTS + 4


def test_a_curve_that_is_nan_for_good_keeps_where_that_began():
    values = np.ones(4096)
    values[1000:] = np.nan
    found = sketch(curve(values))
    assert np.isnan(found.values[found.steps == 1000]).all()
    assert 1000 in found.steps
    assert len(found) <= 2 * SKETCH_POINTS + 4


def test_a_short_curve_is_left_as_it_is():
    data = curve([1, np.nan, 3])
    assert thinned(data, 10) is data
