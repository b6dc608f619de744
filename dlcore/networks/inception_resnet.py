"""Inception-ResNet."""

from typing import Literal

from dlcore.fields import fraction
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.conv import Conv
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception_paths import side_by_side
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.residual_paths import ResidualPaths
from dlcore.networks.inception_units import SMALLEST, halving, inception_stem, unit
from dlcore.networks.network import Network
from dlcore.networks.pictures import shorter_side


class InceptionResNet(Network):
    """Inception-ResNet-v2: Inception modules that learn what to add, each scaled down before the sum.

        stem → module → 10 blocks of 35 × 35 → reduction → 20 of 17 × 17 → reduction → 10 of 8 × 8 → conv 1536 → mean → fc

    A block is relu(scale · F(x) + x) with a linear 1 × 1 convolution at the end of F; the scale (0.17, 0.1, 0.2) keeps wide
    ones from dying. 55,843,464 parameters on 3 × 299 × 299 with 1000 classes. Pictures below 75 pixels pass the stem at
    stride 1, padded, without pools.
    Shapes: (channels, height, width) of at least 7 × 7 -> (classes,).
    Source: Szegedy, Ioffe, Vanhoucke & Alemi, 2017, "Inception-v4, Inception-ResNet and the impact of residual connections
    on learning"; stem and widths are those of its authors' released network.
    """

    label = "Inception-ResNet v2"

    kind: Literal["inception_resnet", "inception_resnet_v2"] = "inception_resnet"
    dropout: float = fraction(0.2, help="Share of channels dropped before the last layer while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The stem, the blocks with two reductions between them, and the classifier."""
        mean = AveragePool(size=3, stride=1, padding=1, count_padding=False)
        first = side_by_side(unit(96), unit(48) + unit(64, 5), unit(64) + unit(96, 3) + unit(96, 3), [mean, *unit(64)])
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        return [
            *inception_stem(shorter_side(shape, self.name(), SMALLEST)),
            first,
            *[large_block()] * 10,
            first_reduction(),
            *[middle_block()] * 20,
            second_reduction(),
            *[small_block(0.2)] * 9,
            small_block(1.0, activation=False),
            *unit(1536),
            GlobalPool(),
            *drop,
            FullyConnected(units=classes),
        ]


def block(channels: int, scale: float, *paths: list[Layer], activation: bool = True) -> Layer:
    """The paths side by side, brought back to the channels that came by a linear convolution, added."""
    main = (side_by_side(*paths), Conv(filters=channels, size=1))
    return ResidualPaths(main=main, scale=scale, activation=activation)


def large_block() -> Layer:
    """Of the 35 × 35 maps."""
    return block(320, 0.17, unit(32), unit(32) + unit(32, 3), unit(32) + unit(48, 3) + unit(64, 3))


def first_reduction() -> Layer:
    """35 × 35 to 17 × 17."""
    return side_by_side(halving(384), unit(256) + unit(256, 3) + halving(384), [MaxPool(size=3, stride=2)])


def middle_block() -> Layer:
    """Of the 17 × 17 maps: 7 × 7 in two factors."""
    return block(1088, 0.1, unit(192), unit(128) + unit(160, 1, 7) + unit(192, 7, 1))


def second_reduction() -> Layer:
    """17 × 17 to 8 × 8."""
    return side_by_side(
        unit(256) + halving(384),
        unit(256) + halving(288),
        unit(256) + unit(288, 3) + halving(320),
        [MaxPool(size=3, stride=2)],
    )


def small_block(scale: float, activation: bool = True) -> Layer:
    """Of the 8 × 8 maps: 3 × 3 in two factors."""
    paths = unit(192), unit(192) + unit(224, 1, 3) + unit(256, 3, 1)
    return block(2080, scale, *paths, activation=activation)
