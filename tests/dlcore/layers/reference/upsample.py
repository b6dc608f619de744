"""Interpolation, one axis after the other."""

import math

import numpy as np

from dlcore.layers.upsample import Upsample
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Upsample, x: Array, weights: dict[str, Array]) -> Array:
    for axis in range(2, x.ndim):
        x = np.stack([pixel(layer, x, axis, i) for i in range(layer.factor * x.shape[axis])], axis)
    return x


def pixel(layer: Upsample, x: Array, axis: int, i: int) -> Array:
    if layer.by == "nearest":
        return x.take(i // layer.factor, axis)
    last = x.shape[axis] - 1
    middle = min(max((i + 0.5) / layer.factor - 0.5, 0), last)
    before = math.floor(middle)
    share = middle - before
    return (1 - share) * x.take(before, axis) + share * x.take(min(before + 1, last), axis)
