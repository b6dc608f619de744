"""Residual networks for ImageNet."""

from typing import Annotated, Literal

from dlcore.fields import choice
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.layers.residual import Residual
from dlcore.networks.depths import Chosen
from dlcore.networks.network import Network
from dlcore.networks.pictures import SMALL, shorter_side

BLOCKS: dict[int, tuple[int, int, int, int]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""Blocks of each stage by depth: the paper's table 1."""


class ResNet(Network):
    """Residual blocks in four stages, each half as large and twice as wide: depth that still trains.

        conv 7×7 → pool → [block 64]ⁿ → [block 128]ⁿ → [block 256]ⁿ → [block 512]ⁿ → mean → fc

    Blocks of two 3 × 3 convolutions up to 34 layers, bottlenecks from 50 on; one linear layer to the scores remains.
    11,689,512 parameters at depth 18 and 25,557,032 at 50, on 3 × 224 × 224 with 1000 classes. Bottlenecks have their
    stride in the 3 × 3 convolution, where the paper has it in the first 1 × 1. Pictures below 64 pixels begin with a
    3 × 3 convolution at stride 1 and no pool.
    Shapes: (channels, height, width) -> (classes,).
    Source: He, Zhang, Ren & Sun, 2016, "Deep residual learning for image recognition", table 1; pre-activation: the same,
    2016, "Identity mappings in deep residual networks".
    """

    label = "ResNet"

    kind: Literal["resnet"] = "resnet"
    depth: Annotated[Literal[18, 34, 50, 101, 152], Chosen] = choice(18, help="Layers with weights.")
    pre_activation: bool = choice(
        False, title="Pre-activation", help="Normalisation and ReLU before each convolution, nothing after the sum."
    )

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The stem, the blocks, and the classifier."""
        small = shorter_side(shape, self.name()) < SMALL
        stem = conv_unit(64, 3) if small else [*conv_unit(64, 7, stride=2), MaxPool(size=3, stride=2, padding=1)]
        kind: Literal["basic", "bottleneck"] = "basic" if self.depth < 50 else "bottleneck"
        blocks = [
            Residual(
                filters=64 * 2**stage,
                stride=2 if stage and not number else 1,
                block=kind,
                pre_activation=self.pre_activation,
            )
            for stage, count in enumerate(BLOCKS[self.depth])
            for number in range(count)
        ]
        last: list[Layer] = [BatchNorm(), ReLU()] if self.pre_activation else []
        return [*stem, *blocks, *last, GlobalPool(), FullyConnected(units=classes)]
