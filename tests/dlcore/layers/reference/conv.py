"""Convolution, one window after the other."""

import numpy as np

from dlcore.layers.conv import Conv
from tests.dlcore.layers.reference.windows import Array, places


def forward(layer: Conv, x: Array, weights: dict[str, Array]) -> Array:
    weight = weights["weight"]
    window = weight.shape[2:]
    lengths = x.shape[2:]
    spans = [(size - 1) * layer.dilation for size in window]
    sides = [(span // 2, span - span // 2) if layer.same else (layer.padding,) * 2 for span in spans]
    padded = np.pad(x, [(0, 0), (0, 0), *sides])
    starts = [range(0, length - span, layer.stride) for length, span in zip(padded.shape[2:], spans, strict=True)]
    out = np.zeros((len(x), len(weight), *(len(axis) for axis in starts)))
    sees, makes = x.shape[1] // layer.groups, len(weight) // layer.groups
    for position, first in places(starts):
        slices = tuple(slice(a, a + span + 1, layer.dilation) for a, span in zip(first, spans, strict=True))
        for filter in range(len(weight)):
            group = filter // makes
            seen = padded[(slice(None), slice(group * sees, (group + 1) * sees), *slices)]
            out[(slice(None), filter, *position)] = (seen * weight[filter]).sum(tuple(range(1, seen.ndim)))
    assert len(lengths) == len(window)
    bias = weights.get("bias", np.zeros(len(weight)))
    return out + bias.reshape(-1, *(1 for _ in window))
