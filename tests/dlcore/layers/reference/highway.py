"""Srivastava et al.'s equation 3: y = H · T + x · (1 − T)."""

import numpy as np

from dlcore.layers.highway import Highway
from tests.dlcore.layers.reference.compositions import Weights, relu
from tests.dlcore.layers.reference.windows import Array


def forward(layer: Highway, x: Array, weights: dict[str, Array]) -> Array:
    w = Weights(weights)

    def linear(path: str) -> Array:
        if x.ndim == 2:
            return x @ w[f"{path}.fc1.weight"].T + w[f"{path}.fc1.bias"]
        return w.conv(f"{path}.conv1", x)

    transformed = {"relu": relu, "tanh": np.tanh}[layer.activation](linear("transform"))
    opening = 1 / (1 + np.exp(-(linear("gate") + layer.gate_bias)))
    return transformed * opening + x * (1 - opening)
