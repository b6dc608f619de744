"""The residual block."""

from typing import Literal

from dlcore.fields import choice, count
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.branches import Branches, Plan
from dlcore.layers.conv import Conv
from dlcore.layers.joins import Sum
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.relu import ReLU
from dlcore.layers.residual_subsample import Subsample

EXPANSION = 4  # a bottleneck gives out four times the channels that it works in


class Residual(Branches):
    """Learns what to add to its input: out = relu(F(x) + x).

        basic:       F = norm(conv3×3(relu(norm(conv3×3(x)))))
        bottleneck:  F = norm(conv1×1(relu(norm(conv3×3(relu(norm(conv1×1(x))))))))
        pre-activation:  norm and relu stand before each convolution, and out = F(x) + x

    Where the size changes, x is projected (1 × 1 convolution with the stride: option B) or subsampled and padded with
    channels of zeros (option A). The stride is the 3 × 3 convolution's; in the paper's bottleneck it is the first 1 × 1's.
    Shapes: (D, H, W) -> (K, ⌈H/S⌉, ⌈W/S⌉), K = filters, 4·filters for a bottleneck; sequences and volumes likewise.
    Source: He, Zhang, Ren & Sun, 2016, "Deep residual learning for image recognition"; pre-activation: the same, 2016,
    "Identity mappings in deep residual networks".
    """

    label = "Residual block"
    stem = "block"

    kind: Literal["residual"] = "residual"
    filters: int = count(64, high=1024, scale="log", help="Of its 3 × 3 convolutions.")
    stride: int = count(1, high=16, help="Pixels from one position to the next; 2 halves the picture.")
    block: Literal["basic", "bottleneck"] = choice("basic", help="Two 3 × 3 convolutions, or 1 × 1, 3 × 3 and 1 × 1.")
    pre_activation: bool = choice(
        False, title="Pre-activation", help="Normalisation and ReLU before each convolution, nothing after the sum."
    )
    shortcut: Literal["projection", "padding", "none"] = choice(
        "projection",
        help="Where the size changes: a learned 1 × 1 convolution, or channels of zeros. None: a plain block, F(x) alone.",
    )

    @property
    def channels(self) -> int:
        """How many come out."""
        return self.filters * (EXPANSION if self.block == "bottleneck" else 1)

    def plan(self, shape: Shape) -> Plan:
        """The main path and the shortcut, added."""
        main, after = self._main()
        if self.shortcut == "none":
            return Plan({"main": main}, Sum(), after=after)
        if (shape[0], 1) == (self.channels, self.stride):
            return Plan({"main": main, "shortcut": []}, Sum(), after=after)
        if self.pre_activation:  # the shortcut starts from what is normalised too, so that the two share it
            return Plan({"main": main[2:], "shortcut": [self._shortcut()]}, Sum(), before=main[:2])
        norm: list[Layer] = [BatchNorm()] if self.shortcut == "projection" else []
        return Plan({"main": main, "shortcut": [self._shortcut(), *norm]}, Sum(), after=after)

    def _main(self) -> tuple[list[Layer], list[Layer]]:
        """The layers of F, and what follows the sum."""
        main: list[Layer] = []
        for conv in self._convs():
            main += [BatchNorm(), ReLU(), conv] if self.pre_activation else [conv, BatchNorm(), ReLU()]
        return (main, []) if self.pre_activation else (main[:-1], [ReLU()])

    def _convs(self) -> list[Conv]:
        middle = Conv(filters=self.filters, size=3, same=True, stride=self.stride, bias=False)
        if self.block == "basic":
            return [middle, Conv(filters=self.filters, size=3, same=True, bias=False)]
        narrow, wide = (Conv(filters=filters, size=1, bias=False) for filters in (self.filters, self.channels))
        return [narrow, middle, wide]

    def _shortcut(self) -> Layer:
        if self.shortcut == "padding":
            return Subsample(filters=self.channels, stride=self.stride)
        return Conv(filters=self.channels, size=1, stride=self.stride, bias=False)
