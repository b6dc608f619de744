"""Szegedy et al.'s module, path by path."""

import numpy as np

from dlcore.layers.average_pool import AveragePool
from dlcore.layers.inception import Inception
from dlcore.layers.max_pool import MaxPool
from tests.dlcore.layers.reference import average_pool, max_pool
from tests.dlcore.layers.reference.compositions import Weights, relu
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Inception, x: Array, weights: dict[str, Array]) -> Array:
    w = Weights(weights)

    def unit(path: str, number: int, x: Array, stride: int = 1) -> Array:
        out = w.conv(f"{path}.conv{number}", x, stride)
        return relu(w.norm(f"{path}.norm{number}", out) if layer.batch_norm else out)

    paths = [unit("conv1x1", 1, x, layer.stride)] if layer.filters_1x1 else []
    paths.append(unit("conv3x3", 2, unit("conv3x3", 1, x), layer.stride))
    reduced = unit("conv5x5", 1, x)
    if layer.factorised:
        paths.append(unit("conv5x5", 3, unit("conv5x5", 2, reduced), layer.stride))
    else:
        paths.append(unit("conv5x5", 2, reduced, layer.stride))
    if layer.pool == "max":
        pooled = max_pool.forward(MaxPool(size=3, stride=layer.stride, padding=1), x, {})
    else:
        pooled = average_pool.forward(AveragePool(size=3, stride=layer.stride, padding=1), x, {})
    paths.append(unit("pool", 1, pooled) if layer.filters_pool else pooled)
    return np.concatenate(paths, 1)
