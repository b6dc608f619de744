"""Fewer points that look the same: extremes, NaN and infinities always survive."""

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxDownsampler

from webapp.store.encoding import CurveData

SKETCH_POINTS = 64
_min_max = MinMaxDownsampler()


def sketch(data: CurveData) -> CurveData:
    """At most about 64 points of a chunk: its ends, its extremes in buckets, and what is not finite."""
    return thinned(data, SKETCH_POINTS)


def thinned(data: CurveData, points: int) -> CurveData:
    """About ``points`` of the points: the least and the greatest of each of ``points / 2`` even stretches of steps.

    So each column of a chart's pixels spans what it would span with all points, and a single odd step is always seen.
    """
    if len(data) <= points:
        return data
    odd = odd_ones(data.values, points)
    if not len(odd):
        return data.where(extremes(data, points))
    usable = np.flatnonzero(np.isfinite(data.values))
    if len(usable) > points:
        usable = usable[extremes(data.where(usable), points)]
    return data.where(np.unique(np.concatenate([[0], usable, odd, [len(data) - 1]])))


def extremes(data: CurveData, points: int) -> NDArray[np.int64]:
    """Positions of both ends and of the least and the greatest value in each even stretch of steps; all values are finite."""
    picked = _min_max.downsample(data.steps, np.ascontiguousarray(data.values), n_out=max(4, points // 2 * 2))
    return np.unique(np.concatenate([[0], picked.astype(np.int64), [len(data) - 1]]))


def odd_ones(values: NDArray[np.float64], most: int) -> NDArray[np.integer]:
    """Positions of values that are not finite: about ``most``, and of each kind (NaN, ∞, -∞) at least the first and the last.

    Of a long stretch of one kind its ends are kept; of too many stretches, evenly spread ones.
    """
    odd = np.flatnonzero(~np.isfinite(values))
    if len(odd) <= most:
        return odd
    kinds = np.where(np.isnan(values[odd]), 0.0, np.sign(values[odd]))
    breaks = np.flatnonzero((np.diff(odd) > 1) | (np.diff(kinds) != 0))
    ends = np.unique(np.concatenate([odd[:1], odd[breaks], odd[breaks + 1], odd[-1:]]))
    if len(ends) > most:
        ends = ends[np.linspace(0, len(ends) - 1, most).astype(int)]
    edges = [odd[kinds == kind][[0, -1]] for kind in np.unique(kinds)]
    return np.union1d(ends, np.concatenate(edges))
