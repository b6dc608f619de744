"""Fewer points that look the same: extremes, NaN and infinities always survive."""

import numpy as np
from numpy.typing import NDArray
from tsdownsample import MinMaxDownsampler, MinMaxLTTBDownsampler

from webapp.store.encoding import CurveData

SKETCH_POINTS = 64
_min_max = MinMaxDownsampler()
_shape = MinMaxLTTBDownsampler()


def sketch(data: CurveData) -> CurveData:
    """At most about 64 points of a chunk: its ends, its extremes in buckets, and what is not finite."""
    return thinned(data, SKETCH_POINTS, by_shape=False)


def thinned(data: CurveData, points: int, *, by_shape: bool = True) -> CurveData:
    """About ``points`` of the points: those that keep the shape (MinMaxLTTB), or each bucket's extremes."""
    if len(data) <= points:
        return data
    finite = np.isfinite(data.values)
    odd = odd_ones(data.values, points)
    usable = np.flatnonzero(finite)
    n_out = max(4, points // 4 * 4)
    if len(usable) > n_out:
        downsampler = _shape if by_shape else _min_max
        picked = downsampler.downsample(np.ascontiguousarray(data.values[usable]), n_out=n_out)
        extremes = [np.argmin(data.values[usable]), np.argmax(data.values[usable])]
        usable = usable[np.unique(np.concatenate([np.asarray(picked, np.int64), extremes]))]
    chosen = np.union1d(np.union1d(usable, odd), [0, len(data) - 1])
    return data.where(chosen)


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
