"""The largest of each window; what lies beyond the picture is not there."""

import numpy as np

from dlcore.layers.max_pool import MaxPool
from tests.dlcore.layers.reference.windows import Array, places, pool_starts


def forward(layer: MaxPool, x: Array, weights: dict[str, Array]) -> Array:
    stride = layer.stride or layer.size
    starts = [pool_starts(length, layer.size, stride, layer.padding, layer.ceil) for length in x.shape[2:]]
    out = np.zeros((*x.shape[:2], *(len(axis) for axis in starts)))
    for position, first in places(starts):
        inside = tuple(slice(max(start, 0), start + layer.size) for start in first)
        out[(..., *position)] = x[(..., *inside)].max(tuple(range(2, x.ndim)))
    return out
