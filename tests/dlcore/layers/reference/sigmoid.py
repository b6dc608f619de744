"""1 / (1 + e⁻ˣ)."""

import numpy as np

from dlcore.layers.sigmoid import Sigmoid
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Sigmoid, x: Array, weights: dict[str, Array]) -> Array:
    return 1 / (1 + np.exp(-x))
