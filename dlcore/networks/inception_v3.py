"""Inception v3."""

from typing import Literal

from dlcore.fields import choice, fraction
from dlcore.layers.auxiliary_head import AuxiliaryHead
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.branches import through
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception_paths import side_by_side
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.networks.inception_units import EPS, SMALLEST, halving, inception_stem, unit
from dlcore.networks.network import Network
from dlcore.networks.pictures import shorter_side


class InceptionV3(Network):
    """Factorised Inception: 7 × 7 filters as 1 × 7 and 7 × 1, 5 × 5 as two 3 × 3 or kept where the picture is large.

        stem → 3 modules of 35 × 35 → reduction → 4 modules of 17 × 17 (head) → reduction → 2 modules of 8 × 8 → mean → fc

    Batch normalisation everywhere, one auxiliary head after the 17 × 17 modules. 23,834,568 parameters on 3 × 299 × 299
    with 1000 classes, 27,161,264 with the head. Pictures below 75 pixels pass the stem at stride 1, padded, without
    pools; the head's windows shrink to what is there.
    Shapes: (channels, height, width) of at least 7 × 7 -> (classes,).
    Source: Szegedy, Vanhoucke, Ioffe, Shlens & Wojna, 2016, "Rethinking the Inception architecture for computer vision";
    the widths are those of its authors' released network.
    """

    label = "Inception v3"

    kind: Literal["inception_v3"] = "inception_v3"
    auxiliary_heads: bool = choice(True, title="Auxiliary head", help="Classify at 17 × 17 as well, while training.")
    dropout: float = fraction(0.5, help="Share of channels dropped before the last layer while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The stem, eleven modules with the head between them, and the classifier."""
        layers = [
            *inception_stem(shorter_side(shape, self.name(), SMALLEST)),
            *(large_module(pooled) for pooled in (32, 64, 64)),
            first_reduction(),
            *(middle_module(width) for width in (128, 160, 160, 192)),
        ]
        if self.auxiliary_heads:
            layers.append(head(min(through(layers, shape).shape[1:]), classes))
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        last = [second_reduction(), small_module(), small_module()]
        return [*layers, *last, GlobalPool(), *drop, FullyConnected(units=classes)]


def pooled(filters: int) -> list[Layer]:
    """The mean around each pixel, projected."""
    return [AveragePool(size=3, stride=1, padding=1), *unit(filters)]


def large_module(filters_pool: int) -> Layer:
    """Of the 35 × 35 maps: 1 × 1, 5 × 5, two 3 × 3, pool."""
    return side_by_side(unit(64), unit(48) + unit(64, 5), unit(64) + unit(96, 3) + unit(96, 3), pooled(filters_pool))


def first_reduction() -> Layer:
    """35 × 35 to 17 × 17."""
    return side_by_side(halving(384), unit(64) + unit(96, 3) + halving(96), [MaxPool(size=3, stride=2)])


def middle_module(width: int) -> Layer:
    """Of the 17 × 17 maps: 1 × 1, 7 × 7 in two factors, the same twice, pool."""
    twice = unit(width) + unit(width, 7, 1) + unit(width, 1, 7) + unit(width, 7, 1) + unit(192, 1, 7)
    return side_by_side(unit(192), unit(width) + unit(width, 1, 7) + unit(192, 7, 1), twice, pooled(192))


def second_reduction() -> Layer:
    """17 × 17 to 8 × 8."""
    factored = unit(192) + unit(192, 1, 7) + unit(192, 7, 1) + halving(192)
    return side_by_side(unit(192) + halving(320), factored, [MaxPool(size=3, stride=2)])


def small_module() -> Layer:
    """Of the 8 × 8 maps: 1 × 1, and 1 × 3 beside 3 × 1 after one convolution and after two, pool."""
    split = side_by_side(unit(384, 1, 3), unit(384, 3, 1))
    return side_by_side(unit(320), [*unit(384), split], [*unit(448), *unit(384, 3), split], pooled(192))


def head(side: int, classes: int) -> AuxiliaryHead:
    """Pool 5 × 5 with stride 3, 1 × 1, 5 × 5, mean, scores; windows as large as a picture of ``side`` allows."""
    pool = AveragePool(size=min(5, side), stride=3)
    size = min(5, (side - pool.size) // 3 + 1)
    convs = [*unit(128), *conv_unit(768, size, same=False, eps=EPS)]
    return AuxiliaryHead(layers=(pool, *convs, GlobalPool(), FullyConnected(units=classes)))
