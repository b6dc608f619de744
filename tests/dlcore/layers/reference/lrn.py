"""Local response normalisation, channel by channel, as in section 3.3 of the AlexNet paper."""

import numpy as np

from dlcore.layers.lrn import LRN
from tests.dlcore.layers.reference.windows import Array


def forward(layer: LRN, x: Array, weights: dict[str, Array]) -> Array:
    out = np.zeros_like(x)
    for i in range(x.shape[1]):
        near = range(max(0, i - layer.n // 2), min(x.shape[1], i + (layer.n + 1) // 2))
        squares = sum(x[:, j] ** 2 for j in near)
        out[:, i] = x[:, i] / (layer.k + layer.alpha * squares) ** layer.beta
    return out
