"""The shortcut of a residual block that learns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.errors import SpecError
from dlcore.layers.fitting import grid
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Subsample(Layer):
    """Keeps every stride-th pixel, and adds channels of zeros: He et al.'s option A. Only blocks are made of it."""

    stem = "subsample"

    filters: int
    stride: int

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """It is no kind that a person chooses."""
        return ("",)

    def output_shape(self, shape: Shape) -> Shape:
        """(filters, ⌈height / stride⌉, ⌈width / stride⌉)."""
        lengths = grid(shape, "residual")
        if shape[0] > self.filters:
            raise SpecError(
                "",
                f"A shortcut of zeros cannot make {shape[0]} channels fewer, but the block has {self.filters}. "
                "Take a projection.",
            )
        return (self.filters, *(-(-length // self.stride) for length in lengths))

    def build(self, shape: Shape) -> nn.Module:
        """Slicing and padding."""
        from dlcore.modules.subsample import Subsample as Module

        return Module(self.stride, self.filters - shape[0])
