"""MobileNet."""

from typing import Literal

from dlcore.fields import fraction, number
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.layer import Layer, Shape
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side

FIRST = 32
PAIRS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *(((512, 1),) * 5), (1024, 2), (1024, 1))
"""Channels that come out of each pair, and the depthwise stride: the paper's table 1."""


class MobileNet(Network):
    """MobileNet v1: a 3 × 3 convolution of each channel alone, then a 1 × 1 across channels, in place of a full one.

        cost of the pair / cost of the full convolution = 1/N + 1/D²,  N channels out, D × D filters: about 1/9

    4,231,976 parameters on 3 × 224 × 224 with 1000 classes. Pictures below 64 pixels keep their size through the first
    convolution and the first pair that would halve them.
    Shapes: (channels, height, width) -> (classes,).
    Source: Howard et al., 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications",
    table 1 (whose last depthwise stride of 2 is 1, as its sizes show).
    """

    label = "MobileNet v1"

    kind: Literal["mobilenet"] = "mobilenet"
    width: float = number(1.0, low=0.05, high=2.0, title="Width multiplier", help="Of the channels of every layer.")
    dropout: float = fraction(0.0, help="Share of channels dropped before the last layer while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The first convolution, thirteen pairs, and the classifier."""
        small = shorter_side(shape, self.name()) < SMALL
        channels = self._scaled(FIRST)
        layers = conv_unit(channels, 3, stride=1 if small else 2)
        for position, (filters, stride) in enumerate(PAIRS):
            kept = small and position == 1
            layers += conv_unit(channels, 3, stride=1 if kept else stride, groups=channels)
            channels = self._scaled(filters)
            layers += conv_unit(channels, 1)
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        return [*layers, GlobalPool(), *drop, FullyConnected(units=classes)]

    def _scaled(self, filters: int) -> int:
        return max(1, int(filters * self.width))
