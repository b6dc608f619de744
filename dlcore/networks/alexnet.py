"""AlexNet."""

from typing import Literal

from dlcore.fields import choice, count, fraction
from dlcore.layers.conv import Conv
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.lrn import LRN
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side


class AlexNet(Network):
    """Five convolutions and three fully connected layers: the network with which deep learning won ImageNet in 2012.

        conv 96 → norm → pool → conv 256 → norm → pool → conv 384 → conv 384 → conv 256 → pool → fc 4096 → fc 4096 → fc

    ReLUs, response normalisation, overlapping pools of 3 with stride 2, dropout before the last two layers. Convolutions 2, 4
    and 5 are in two groups, which were on two GPUs. 60,965,224 parameters on 3 × 224 × 224 with 1000 classes. Pictures
    below 64 pixels begin with 5 × 5 filters at stride 1 in place of 11 × 11 at stride 4, and pools are padded by 1.
    Shapes: (channels, height, width) -> (classes,).
    Source: Krizhevsky, Sutskever & Hinton, 2012, "ImageNet classification with deep convolutional neural networks",
    section 3.5. The paper's 224 gives its 55 × 55 maps with a padding of 2.
    """

    label = "AlexNet"

    kind: Literal["alexnet"] = "alexnet"
    units: int = count(4096, high=8192, scale="log", help="Of each of the two hidden fully connected layers.")
    dropout: float = fraction(0.5, help="Share of these units dropped while training; 0 for none.")
    grouped: bool = choice(True, help="Convolutions 2, 4 and 5 in two groups, as in the paper.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """Its eight layers with weights, and what is between them."""
        small = shorter_side(shape, self.name()) < SMALL
        first = Conv(filters=96, size=5, same=True) if small else Conv(filters=96, size=11, stride=4, padding=2)
        pool = MaxPool(size=3, stride=2, padding=1 if small else 0)
        groups = 2 if self.grouped else 1
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        return [
            first, ReLU(), LRN(), pool,
            Conv(filters=256, size=5, same=True, groups=groups), ReLU(), LRN(), pool,
            Conv(filters=384, size=3, same=True), ReLU(),
            Conv(filters=384, size=3, same=True, groups=groups), ReLU(),
            Conv(filters=256, size=3, same=True, groups=groups), ReLU(), pool,
            FullyConnected(units=self.units), ReLU(), *drop,
            FullyConnected(units=self.units), ReLU(), *drop,
            FullyConnected(units=classes),
        ]  # fmt: skip
