"""The weights as they are at evaluation: the form is inverted."""

import numpy as np

from dlcore.layers.drop_connect import DropConnect
from tests.dlcore.layers.reference.windows import Array


def forward(layer: DropConnect, x: Array, weights: dict[str, Array]) -> Array:
    return x.reshape(len(x), -1) @ weights["weight"].T + weights.get("bias", np.zeros(layer.units))
