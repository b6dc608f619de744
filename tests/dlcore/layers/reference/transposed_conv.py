"""Each number of the input lays its filters down."""

import numpy as np

from dlcore.layers.transposed_conv import TransposedConv
from tests.dlcore.layers.reference.windows import Array


def forward(layer: TransposedConv, x: Array, weights: dict[str, Array]) -> Array:
    weight = weights["weight"]  # (channels, filters, *window)
    window = weight.shape[2:]
    whole = [(length - 1) * layer.stride + layer.size + layer.output_padding for length in x.shape[2:]]
    out = np.zeros((len(x), layer.filters, *whole))
    for example, channel, *place in np.ndindex(*x.shape):
        laid = tuple(slice(at * layer.stride, at * layer.stride + layer.size) for at in place)
        out[(example, slice(None), *laid)] += x[(example, channel, *place)] * weight[channel]
    kept = tuple(slice(layer.padding, length - layer.padding) for length in whole)
    bias = weights.get("bias", np.zeros(layer.filters))
    return out[(..., *kept)] + bias.reshape(-1, *(1 for _ in window))
