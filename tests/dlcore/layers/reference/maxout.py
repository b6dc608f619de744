"""The largest of each unit's pieces."""

import numpy as np

from dlcore.layers.maxout import Maxout
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Maxout, x: Array, weights: dict[str, Array]) -> Array:
    rows = x.reshape(len(x), -1)
    out = np.full((len(x), layer.units), -np.inf)
    for unit, piece in np.ndindex(layer.units, layer.pieces):
        row = unit * layer.pieces + piece
        out[:, unit] = np.maximum(out[:, unit], rows @ weights["weight"][row] + weights["bias"][row])
    return out
