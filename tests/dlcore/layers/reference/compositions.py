"""What blocks are composed of, by the names of their weights."""

import numpy as np

from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from tests.dlcore.layers.reference import batch_norm
from tests.dlcore.layers.reference import conv as convolution
from tests.dlcore.layers.reference.windows import Array


class Weights(dict[str, Array]):
    """A module's numbers by name."""

    def of(self, name: str) -> dict[str, Array]:
        """Those of one of its layers, by the layer's own names."""
        return {key.removeprefix(f"{name}."): value for key, value in self.items() if key.startswith(f"{name}.")}

    def conv(self, name: str, x: Array, stride: int = 1) -> Array:
        """The convolution of this name, padded to the same size."""
        weight = self[f"{name}.weight"]
        layer = Conv(filters=len(weight), size=weight.shape[2], stride=stride, same=True)
        return convolution.forward(layer, x, self.of(name))

    def norm(self, name: str, x: Array) -> Array:
        """The batch normalisation of this name."""
        return batch_norm.forward(BatchNorm(), x, self.of(name))


def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)
