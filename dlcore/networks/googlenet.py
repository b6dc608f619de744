"""GoogLeNet, the first Inception network."""

from typing import Literal

from dlcore.fields import choice, fraction
from dlcore.layers.auxiliary_head import AuxiliaryHead
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.branches import through
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception import Inception
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.lrn import LRN
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side

MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""1 × 1, before 3 × 3, 3 × 3, before 5 × 5, 5 × 5, after the pool: the paper's table 1."""


class GoogLeNet(Network):
    """Inception v1: nine Inception modules, 22 layers deep, with a twelfth of AlexNet's parameters.

        conv 7×7 → pool → conv 1×1 → conv 3×3 → pool → 3a 3b → pool → 4a 4b 4c 4d 4e → pool → 5a 5b → mean → fc

    One linear layer to the scores remains. Two heads, after 4a and 4d, classify too while training, at 0.3 of the loss
    each. 6,998,552 parameters on 3 × 224 × 224 with 1000 classes, 13,378,280 with both heads. Pictures below 64 pixels
    begin with a 3 × 3 convolution at stride 1 and skip the first two pools; the heads' windows shrink to what is there.
    Shapes: (channels, height, width) of at least 6 × 6 -> (classes,).
    Source: Szegedy et al., 2015, "Going deeper with convolutions".
    """

    label = "GoogLeNet (Inception v1)"

    kind: Literal["googlenet", "inception_v1"] = "googlenet"
    auxiliary_heads: bool = choice(True, title="Auxiliary heads", help="Classify after 4a and 4d as well, in training.")
    batch_norm: bool = choice(
        False, title="Batch normalisation", help="Before each ReLU, and no response normalisation then."
    )
    dropout: float = fraction(0.4, help="Share of channels dropped before the last layer while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The stem, the modules with the heads between them, and the classifier."""
        side = shorter_side(shape, self.name(), at_least=6)
        pool = MaxPool(size=3, stride=2, ceil=True)
        layers = self._stem(side < SMALL, pool)
        for name, (ones, reduce_3, threes, reduce_5, fives, pooled) in MODULES.items():
            layers += [pool] if name in ("4a", "5a") else []
            layers.append(
                Inception(
                    filters_1x1=ones,
                    reduce_3x3=reduce_3,
                    filters_3x3=threes,
                    reduce_5x5=reduce_5,
                    filters_5x5=fives,
                    filters_pool=pooled,
                    batch_norm=self.batch_norm,
                )
            )
            if self.auxiliary_heads and name in ("4a", "4d"):
                layers.append(self._head(layers, shape, classes))
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        return [*layers, GlobalPool(), *drop, FullyConnected(units=classes)]

    def _stem(self, small: bool, pool: MaxPool) -> list[Layer]:
        norm: list[Layer] = [] if self.batch_norm else [LRN()]
        pools: list[Layer] = [] if small else [pool]
        size, stride = (3, 1) if small else (7, 2)
        return [
            *conv_unit(64, size, stride=stride, batch_norm=self.batch_norm), *pools, *norm,
            *conv_unit(64, 1, batch_norm=self.batch_norm),
            *conv_unit(192, 3, batch_norm=self.batch_norm), *norm, *pools,
        ]  # fmt: skip

    def _head(self, before: list[Layer], shape: Shape, classes: int) -> AuxiliaryHead:
        side = min(through(before, shape).shape[1:])
        pool = AveragePool(size=min(5, side), stride=3)
        hidden = [FullyConnected(units=1024), ReLU(), Dropout(rate=0.7)]
        return AuxiliaryHead(
            layers=(pool, *conv_unit(128, 1, batch_norm=self.batch_norm), *hidden, FullyConnected(units=classes))
        )
