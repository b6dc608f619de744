"""Bins of each level, found by their edges."""

import math

import numpy as np

from dlcore.layers.spatial_pyramid_pool import SpatialPyramidPool
from tests.dlcore.layers.reference.windows import Array


def forward(layer: SpatialPyramidPool, x: Array, weights: dict[str, Array]) -> Array:
    keep = np.max if layer.keep == "max" else np.mean
    rows = []
    for bins in layer.levels:
        for channel in range(x.shape[1]):
            for place in np.ndindex(*(bins for _ in x.shape[2:])):
                edges = tuple(
                    slice(math.floor(i * length / bins), math.ceil((i + 1) * length / bins))
                    for i, length in zip(place, x.shape[2:], strict=True)
                )
                rows.append([keep(example[channel][edges]) for example in x])
    return np.array(rows).T
