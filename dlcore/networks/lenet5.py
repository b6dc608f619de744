"""LeNet-5."""

from typing import Literal

from dlcore.fields import choice
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.networks.mlp import ACTIVATIONS, Activation
from dlcore.networks.network import Network
from dlcore.networks.pictures import shorter_side


class LeNet5(Network):
    """Two convolutions with pooling, then three fully connected layers: the network that read bank cheques.

    Shapes: (channels, height, width) -> (classes,); 61,706 parameters on 1 × 28 × 28 with 10 classes. Pictures below
    32 pixels are padded by 2, so that 28 × 28 works as the paper's 32 × 32; below 12 pixels filters are 3 × 3, and 6 × 6
    is the least.
    Where it differs from the paper: full connections between the maps, and a linear output in place of RBF units.
    Source: LeCun et al., 1998, "Gradient-based learning applied to document recognition", section II.
    """

    label = "LeNet-5"

    kind: Literal["lenet5"] = "lenet5"
    activation: Activation = choice("relu", help="What follows each layer; the paper has tanh.")
    pooling: Literal["max", "average"] = choice("max", help="How pictures are made smaller; the paper averages.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """conv 6, pool, conv 16, pool, fc 120, fc 84, fc classes."""
        smallest = shorter_side(shape, self.name(), at_least=6)
        size = 5 if smallest >= 12 else 3
        padding = 2 if smallest < 32 else 0
        activation = ACTIVATIONS[self.activation]
        pool = MaxPool if self.pooling == "max" else AveragePool
        return [
            Conv(filters=6, size=size, padding=padding), activation(), pool(),
            Conv(filters=16, size=size), activation(), pool(),
            FullyConnected(units=120), activation(),
            FullyConnected(units=84), activation(),
            FullyConnected(units=classes),
        ]  # fmt: skip
