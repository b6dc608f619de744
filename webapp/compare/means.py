"""Several trials' curves as one: at each step the mean of those that reach it, and the standard deviation among them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.store.encoding import CurveData
from webapp.store.sketch import thinned

Numbers = NDArray[np.float64]
MOST_CELLS = 2_000_000  # of the table of trials and steps, whatever the trials have logged


@dataclass(frozen=True)
class MeanCurve:
    """Columns of equal length. ``deviation`` (of a sample, n - 1) is NaN where fewer than two trials reach the step; ``times`` are
    those of the curve that goes furthest, and ``furthest`` is its place among those that were averaged.
    """

    steps: NDArray[np.int64]
    mean: Numbers
    deviation: Numbers
    count: NDArray[np.int64]
    times: Numbers
    furthest: int

    def where(self, chosen: Any) -> "MeanCurve":
        """Some of the points."""
        columns = ("steps", "mean", "deviation", "count", "times")
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})


def mean_of(curves: Sequence[CurveData], points: int) -> MeanCurve | None:
    """Their mean in about ``points`` points, its extremes among them; None where none has any.

    Between its points a curve is a straight line. A trial that ended early counts as far as it went, so that it neither cuts
    the others short nor goes on as a constant.
    """
    given = [curve for curve in curves if len(curve)]
    if not given:
        return None
    furthest = max(
        (place for place, curve in enumerate(curves) if len(curve)),
        key=lambda place: (curves[place].steps[-1], len(curves[place])),
    )
    longest = curves[furthest]
    grid = grid_of(longest, given)
    values, inside = on_grid(given, grid)
    count = inside.sum(axis=0)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        mean = np.where(inside, values, 0.0).sum(axis=0) / count
        squares = np.where(inside, (values - mean) ** 2, 0.0).sum(axis=0)
        deviation = np.where(count > 1, np.sqrt(squares / (count - 1)), np.nan)
    whole = MeanCurve(grid, mean, deviation, count, np.interp(grid, longest.steps, longest.times), furthest)
    return whole.where(positions(whole, points))


def grid_of(longest: CurveData, given: Sequence[CurveData]) -> NDArray[np.int64]:
    """The steps of all together; of many different ones an even share, the first and the last among them."""
    if all(np.array_equal(curve.steps, longest.steps) for curve in given):
        return longest.steps
    steps = np.unique(np.concatenate([curve.steps for curve in given]))
    most = max(MOST_CELLS // len(given), 2)
    return steps if len(steps) <= most else steps[np.linspace(0, len(steps) - 1, most).astype(int)]


def on_grid(given: Sequence[CurveData], grid: NDArray[np.int64]) -> tuple[Numbers, NDArray[np.bool_]]:
    """(a row of values for each curve, whether it reaches the step)."""
    if all(curve.steps is grid or np.array_equal(curve.steps, grid) for curve in given):
        return np.stack([curve.values for curve in given]), np.ones((len(given), len(grid)), bool)
    values = np.stack([interpolated(curve, grid) for curve in given])
    inside = np.stack([(grid >= curve.steps[0]) & (grid <= curve.steps[-1]) for curve in given])
    return values, inside


def interpolated(curve: CurveData, grid: NDArray[np.int64]) -> Numbers:
    """Its values at the steps of the grid; at its own steps exactly what was logged, NaN and infinities included."""
    with np.errstate(invalid="ignore"):
        found = np.interp(grid, curve.steps, curve.values)
    places = np.minimum(np.searchsorted(grid, curve.steps), len(grid) - 1)
    there = grid[places] == curve.steps
    found[places[there]] = curve.values[there]
    return found


def positions(curve: MeanCurve, points: int) -> NDArray[np.int64]:
    """Of about ``points`` points, the least and the greatest mean of each stretch among them."""
    if len(curve.steps) <= points:
        return np.arange(len(curve.steps))
    kept = thinned(CurveData(curve.steps, curve.mean, curve.times), points)
    return np.searchsorted(curve.steps, kept.steps)
