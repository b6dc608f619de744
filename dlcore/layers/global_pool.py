"""Global pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice
from dlcore.layers.fitting import grid
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class GlobalPool(Layer):
    """Keeps one number of each channel: its mean (or its largest) over all positions.

    Shapes: (C, H, W) -> (C,); sequences and volumes likewise. Any size of picture goes in.
    Source: Lin, Chen & Yan, 2014, "Network in network".
    """

    label = "Global pooling"
    stem = "pool"

    kind: Literal["global_pool"] = "global_pool"
    keep: Literal["average", "max"] = choice("average", help="What is kept of a channel.")

    def output_shape(self, shape: Shape) -> Shape:
        """(channels,)."""
        grid(shape, "global pooling")
        return shape[:1]

    def build(self, shape: Shape) -> nn.Module:
        """The mean or the largest over everything behind the channels."""
        from dlcore.modules.global_pool import GlobalAverage, GlobalMax

        return GlobalAverage() if self.keep == "average" else GlobalMax()
