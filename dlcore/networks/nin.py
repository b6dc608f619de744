"""Network in network."""

from typing import Literal

from dlcore.fields import fraction
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.conv import Conv
from dlcore.layers.dropout import Dropout
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side


class NIN(Network):
    """A small perceptron slides over the picture: each convolution is followed by two of 1 × 1; no fully connected layer.

        mlpconv → pool → mlpconv → pool → mlpconv → (pool → mlpconv →) mean of each map = the class's score

    966,986 parameters on 3 × 32 × 32 with 10 classes, the paper's network for CIFAR-10; pictures of 64 pixels and more get
    its authors' wider one for ImageNet, 7,595,176 parameters with 1000 classes. No ReLU stands on the maps of the
    classes, so that scores may be negative.
    Shapes: (channels, height, width) of at least 6 × 6 -> (classes,).
    Source: Lin, Chen & Yan, 2014, "Network in network", figure 2.
    """

    label = "NIN (network in network)"

    kind: Literal["nin"] = "nin"
    dropout: float = fraction(0.5, help="Share of channels dropped before the later blocks while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """Blocks of a convolution and two of 1 × 1, and the mean of the last maps."""
        small = shorter_side(shape, self.name(), at_least=6) < SMALL
        blocks = self._for_cifar(classes) if small else self._for_imagenet(classes)
        return [*blocks[:-1], GlobalPool()]

    def _for_cifar(self, classes: int) -> list[Layer]:
        return [
            *mlpconv(Conv(filters=192, size=5, same=True), 160, 96), MaxPool(size=3, stride=2, ceil=True), *self._drop(),
            *mlpconv(Conv(filters=192, size=5, same=True), 192, 192), AveragePool(size=3, stride=2, ceil=True), *self._drop(),
            *mlpconv(Conv(filters=192, size=3, same=True), 192, classes),
        ]  # fmt: skip

    def _for_imagenet(self, classes: int) -> list[Layer]:
        pool = MaxPool(size=3, stride=2, ceil=True)
        return [
            *mlpconv(Conv(filters=96, size=11, stride=4), 96, 96), pool,
            *mlpconv(Conv(filters=256, size=5, same=True), 256, 256), pool,
            *mlpconv(Conv(filters=384, size=3, same=True), 384, 384), pool, *self._drop(),
            *mlpconv(Conv(filters=1024, size=3, same=True), 1024, classes),
        ]  # fmt: skip

    def _drop(self) -> list[Layer]:
        return [Dropout(rate=self.dropout)] if self.dropout else []


def mlpconv(conv: Conv, second: int, third: int) -> list[Layer]:
    """A convolution and two of 1 × 1 after it, which are a perceptron on what it sees."""
    return [conv, ReLU(), Conv(filters=second, size=1), ReLU(), Conv(filters=third, size=1), ReLU()]
