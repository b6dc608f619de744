"""A window of its own weights for every place."""

import numpy as np

from dlcore.layers.local import Local
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Local, x: Array, weights: dict[str, Array]) -> Array:
    side = (layer.padding, layer.padding)
    padded = np.pad(x, [(0, 0), (0, 0), side, side])
    _, height, width = layer.output_shape(x.shape[1:])
    weight = weights["weight"].reshape(height, width, layer.filters, x.shape[1], layer.size, layer.size)
    bias = weights.get("bias", np.zeros(height * width * layer.filters)).reshape(height, width, layer.filters)
    out = np.zeros((len(x), layer.filters, height, width))
    for row, column, filter in np.ndindex(height, width, layer.filters):
        top, left = row * layer.stride, column * layer.stride
        seen = padded[:, :, top : top + layer.size, left : left + layer.size]
        out[:, filter, row, column] = (seen * weight[row, column, filter]).sum((1, 2, 3)) + bias[row, column, filter]
    return out
