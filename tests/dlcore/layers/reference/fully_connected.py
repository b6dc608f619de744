"""xW + b of the flattened example."""

import numpy as np

from dlcore.layers.fully_connected import FullyConnected
from tests.dlcore.layers.reference.windows import Array


def forward(layer: FullyConnected, x: Array, weights: dict[str, Array]) -> Array:
    return x.reshape(len(x), -1) @ weights["weight"].T + weights.get("bias", np.zeros(layer.units))
