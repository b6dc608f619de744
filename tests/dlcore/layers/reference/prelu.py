"""Two slopes that meet at 0, the left one of the channel."""

import numpy as np

from dlcore.layers.prelu import PReLU
from tests.dlcore.layers.reference.windows import Array


def forward(layer: PReLU, x: Array, weights: dict[str, Array]) -> Array:
    slopes = np.broadcast_to(weights["weight"], x.shape[1]).reshape(-1, *(1 for _ in x.shape[2:]))
    return np.maximum(x, 0) + slopes * np.minimum(x, 0)
