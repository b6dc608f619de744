"""Residual networks for small pictures."""

from typing import Annotated, Literal

from dlcore.fields import choice
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.relu import ReLU
from dlcore.layers.residual import Residual
from dlcore.networks.depths import Chosen
from dlcore.networks.network import Network
from dlcore.networks.pictures import shorter_side


class CifarResNet(Network):
    """The narrow residual networks of CIFAR-10: three stages of 16, 32 and 64 channels.

        conv 3×3, 16 → [block 16]ⁿ → [block 32]ⁿ → [block 64]ⁿ → mean → fc,   depth = 6n + 2

    269,722 parameters at depth 20, 1,727,962 at 110, on 3 × 32 × 32 with 10 classes; any other size of picture works as
    it is. The shortcut is the identity everywhere, padded with channels of zeros, as in the paper.
    Shapes: (channels, height, width) -> (classes,).
    Source: He, Zhang, Ren & Sun, 2016, "Deep residual learning for image recognition", section 4.2; pre-activation: the
    same, 2016, "Identity mappings in deep residual networks".
    """

    label = "ResNet for CIFAR"

    kind: Literal["cifar_resnet"] = "cifar_resnet"
    depth: Annotated[Literal[20, 32, 44, 56, 110], Chosen] = choice(20, help="Layers with weights.")
    pre_activation: bool = choice(
        False, title="Pre-activation", help="Normalisation and ReLU before each convolution, nothing after the sum."
    )
    shortcut: Literal["padding", "projection", "none"] = choice(
        "padding",
        help="Where the size changes: channels of zeros (the paper's A), or a learned 1 × 1 convolution (B). None: the plain "
        "network, which at depth 56 trains worse than at 20.",
    )

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The first convolution, the blocks, and the classifier."""
        shorter_side(shape, self.name())
        stem = [Conv(filters=16, size=3, same=True, bias=False)] if self.pre_activation else conv_unit(16, 3)
        blocks = [
            Residual(
                filters=filters,
                stride=2 if filters > 16 and not number else 1,
                pre_activation=self.pre_activation,
                shortcut=self.shortcut,
            )
            for filters in (16, 32, 64)
            for number in range((self.depth - 2) // 6)
        ]
        last: list[Layer] = [BatchNorm(), ReLU()] if self.pre_activation else []
        return [*stem, *blocks, *last, GlobalPool(), FullyConnected(units=classes)]
