"""He et al.'s blocks, written out."""

import numpy as np

from dlcore.layers.residual import Residual
from tests.dlcore.layers.reference.compositions import Weights, relu
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Residual, x: Array, weights: dict[str, Array]) -> Array:
    return before_activation(layer, x, Weights(weights)) if layer.pre_activation else plain(layer, x, Weights(weights))


def plain(layer: Residual, x: Array, w: Weights) -> Array:
    first, second = strides(layer)
    out = relu(w.norm("main.norm1", w.conv("main.conv1", x, first)))
    out = w.norm("main.norm2", w.conv("main.conv2", out, second))
    if layer.block == "bottleneck":
        out = w.norm("main.norm3", w.conv("main.conv3", relu(out)))
    shortcut = x
    if layer.shortcut == "none":
        return relu(out)
    if changes(layer, x):
        shortcut = padded(layer, x)
        if layer.shortcut == "projection":
            shortcut = w.norm("shortcut.norm1", w.conv("shortcut.conv1", x, layer.stride))
    return relu(out + shortcut)


def before_activation(layer: Residual, x: Array, w: Weights) -> Array:
    first, second = strides(layer)
    changed = changes(layer, x) and layer.shortcut != "none"
    norms = [f"main.norm{number}" for number in (1, 2, 3)]
    if changed:  # the first normalisation is shared with the shortcut
        norms = ["before.norm1", "main.norm1", "main.norm2"]
    active = relu(w.norm(norms[0], x))
    out = w.conv("main.conv1", active, first)
    out = w.conv("main.conv2", relu(w.norm(norms[1], out)), second)
    if layer.block == "bottleneck":
        out = w.conv("main.conv3", relu(w.norm(norms[2], out)))
    if layer.shortcut == "none":
        return out
    if not changed:
        return out + x
    if layer.shortcut == "padding":
        return out + padded(layer, active)
    return out + w.conv("shortcut.conv1", active, layer.stride)


def strides(layer: Residual) -> tuple[int, int]:
    """Of the first and the second convolution: the 3 × 3 has it."""
    return (layer.stride, 1) if layer.block == "basic" else (1, layer.stride)


def changes(layer: Residual, x: Array) -> bool:
    """Whether what comes out has another shape than x."""
    return layer.stride > 1 or channels(layer) != x.shape[1]


def channels(layer: Residual) -> int:
    return layer.filters * {"basic": 1, "bottleneck": 4}[layer.block]


def padded(layer: Residual, x: Array) -> Array:
    """Option A: every stride-th pixel, and zeros for the channels that are new."""
    kept = x[(..., *(slice(0, None, layer.stride) for _ in x.shape[2:]))]
    out = np.zeros((len(x), max(channels(layer), x.shape[1]), *kept.shape[2:]))
    out[:, : x.shape[1]] = kept
    return out
