"""The mean of each window, with or without the zeros of the padding."""

import math

import numpy as np

from dlcore.layers.average_pool import AveragePool
from tests.dlcore.layers.reference.windows import Array, places, pool_starts


def forward(layer: AveragePool, x: Array, weights: dict[str, Array]) -> Array:
    lengths, padding = x.shape[2:], layer.padding
    stride = layer.stride or layer.size
    starts = [pool_starts(length, layer.size, stride, padding, layer.ceil) for length in lengths]
    out = np.zeros((*x.shape[:2], *(len(axis) for axis in starts)))
    for position, first in places(starts):
        seen = x[(..., *(slice(max(start, 0), start + layer.size) for start in first))]
        edge = padding if layer.count_padding else 0
        counted = math.prod(
            min(start + layer.size, length + edge) - max(start, -edge)
            for start, length in zip(first, lengths, strict=True)
        )
        out[(..., *position)] = seen.sum(tuple(range(2, x.ndim))) / counted
    return out
