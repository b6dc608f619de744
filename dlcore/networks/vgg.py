"""VGG."""

from collections.abc import Iterator
from typing import Literal

from dlcore.fields import choice, count, fraction
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.networks.naming import named
from dlcore.networks.network import Network
from dlcore.networks.pictures import shorter_side

WIDTHS = (64, 128, 256, 512, 512)
FILTER_SIZES: dict[str, tuple[tuple[int, ...], ...]] = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
"""The filters of the five stages, the paper's table 1."""


class VGG(Network):
    """Stages of 3 × 3 convolutions, a pool after each, channels doubled: depth from small filters.

        [conv 64]ⁿ → pool → [conv 128]ⁿ → pool → [conv 256]ⁿ → pool → [conv 512]ⁿ → pool → [conv 512]ⁿ → pool → fc → fc → fc

    Three 3 × 3 convolutions see as much as one of 7 × 7 with 27/49 of its weights. 138,357,544 parameters for D (VGG-16) on
    3 × 224 × 224 with 1000 classes. A pool is left out where the picture is down to one pixel. Layers are named by stage and
    place, conv3_2, so that a deep one finds the layers of a trained shallow one (as the paper began B to E from A).
    Shapes: (channels, height, width) -> (classes,).
    Source: Simonyan & Zisserman, 2015, "Very deep convolutional networks for large-scale image recognition", table 1.
    """

    label = "VGG"

    kind: Literal["vgg"] = "vgg"
    depth: Literal["A", "B", "C", "D", "E"] = choice(
        "A", help="A has 11 layers with weights, B 13, C 16 (three of them 1 × 1), D 16 (VGG-16), E 19 (VGG-19)."
    )
    batch_norm: bool = choice(False, title="Batch normalisation", help="Before each ReLU of the convolutions.")
    units: int = count(4096, high=8192, scale="log", help="Of each of the two hidden fully connected layers.")
    dropout: float = fraction(0.5, help="Share of these units dropped while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The five stages and the three fully connected layers."""
        return [layer for _, layer in self.named_layers(shape, classes)]

    def named_layers(self, shape: Shape, classes: int) -> list[tuple[str, Layer]]:
        """conv1_1, relu1_1, ..., pool1, conv2_1, ..., fc1, ..., fc3."""
        stages = self._stages(shorter_side(shape, self.name()))
        drop: list[Layer] = [Dropout(rate=self.dropout)] if self.dropout else []
        hidden = [layer for _ in range(2) for layer in (FullyConnected(units=self.units), ReLU(), *drop)]
        return [*stages, *named([*hidden, FullyConnected(units=classes)])]

    def _stages(self, side: int) -> Iterator[tuple[str, Layer]]:
        for stage, sizes in enumerate(FILTER_SIZES[self.depth], 1):
            for place, size in enumerate(sizes, 1):
                for layer in conv_unit(WIDTHS[stage - 1], size, batch_norm=self.batch_norm, bias=True):
                    yield f"{layer.stem}{stage}_{place}", layer
            if side > 1:
                yield f"pool{stage}", MaxPool()
                side //= 2
