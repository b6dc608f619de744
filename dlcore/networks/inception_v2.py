"""Inception v2, the network of the paper on batch normalisation."""

from typing import Literal

from dlcore.fields import fraction
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception import Inception
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side

MODULES: tuple[tuple[int, int, int, int, int, int, Literal["average", "max"], int], ...] = (
    (64, 64, 64, 64, 96, 32, "average", 1),
    (64, 64, 96, 64, 96, 64, "average", 1),
    (0, 128, 160, 64, 96, 0, "max", 2),
    (224, 64, 96, 96, 128, 128, "average", 1),
    (192, 96, 128, 96, 128, 128, "average", 1),
    (160, 128, 160, 128, 160, 128, "average", 1),
    (96, 128, 192, 160, 192, 128, "average", 1),
    (0, 128, 192, 192, 256, 0, "max", 2),
    (352, 192, 320, 160, 224, 128, "average", 1),
    (352, 192, 320, 192, 224, 128, "max", 1),
)
"""1 × 1, before 3 × 3, 3 × 3, before the two 3 × 3, these, after the pool, the pool, stride: the paper's figure 5."""


class InceptionV2(Network):
    """BN-Inception: batch normalisation in every layer, two 3 × 3 convolutions for each 5 × 5, and strides for pools.

        conv 7×7 → pool → conv 1×1 → conv 3×3 → pool → 3a 3b 3c↓ → 4a 4b 4c 4d 4e↓ → 5a 5b → mean → fc

    Convolutions have no bias, since β is one. Pictures below 64 pixels begin with a 3 × 3 convolution at stride 1 and skip
    the first two pools.
    Shapes: (channels, height, width) -> (classes,).
    Source: Ioffe & Szegedy, 2015, "Batch normalization: accelerating deep network training by reducing internal covariate
    shift", figure 5 (whose table gives 4c and 4d fewer channels in their sum than the parts have; the parts are taken).
    """

    label = "Inception v2 (BN-Inception)"

    kind: Literal["inception_v2", "bn_inception"] = "inception_v2"
    dropout: float = fraction(0.0, help="Share of channels dropped before the last layer while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The stem, ten modules, and the classifier."""
        small = shorter_side(shape, self.name()) < SMALL
        pools: list[Layer] = [] if small else [MaxPool(size=3, stride=2, ceil=True)]
        stem = [
            *(conv_unit(64, 3) if small else conv_unit(64, 7, stride=2)), *pools,
            *conv_unit(64, 1), *conv_unit(192, 3), *pools,
        ]  # fmt: skip
        modules = [
            Inception(
                filters_1x1=ones,
                reduce_3x3=reduce_3,
                filters_3x3=threes,
                reduce_5x5=reduce_5,
                filters_5x5=fives,
                filters_pool=pooled,
                pool=pool,
                stride=stride,
                factorised=True,
                batch_norm=True,
            )
            for ones, reduce_3, threes, reduce_5, fives, pooled, pool, stride in MODULES
        ]
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        return [*stem, *modules, GlobalPool(), *drop, FullyConnected(units=classes)]
