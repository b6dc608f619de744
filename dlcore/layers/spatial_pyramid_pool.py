"""Spatial pyramid pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from dlcore.errors import SpecError
from dlcore.fields import choice
from dlcore.layers.fitting import grid, written
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class SpatialPyramidPool(Layer):
    """Pools over 1 × 1, 2 × 2, 4 × 4, ... bins and lays them side by side: the same length for any size of picture.

        bin i of n spans ⌊i·W/n⌋ ... ⌈(i + 1)·W/n⌉ − 1        out = C · Σ n²

    Levels come one after the other, each channel by channel. Bins overlap where n does not divide the size.
    Shapes: (C, H, W) -> (C·Σn²,); (C, L) -> (C·Σn,), (C, T, H, W) -> (C·Σn³,).
    Source: He, Zhang, Ren & Sun, 2014, "Spatial pyramid pooling in deep convolutional networks for visual recognition".
    """

    label = "Spatial pyramid pooling"
    stem = "pool"

    kind: Literal["spatial_pyramid_pool", "spp"] = "spatial_pyramid_pool"
    levels: tuple[Annotated[int, Field(ge=1, le=64)], ...] = Field(
        (1, 2, 4), min_length=1, max_length=10, title="Levels", description="Bins along each side, for each level."
    )
    keep: Literal["max", "average"] = choice("max", help="What is kept of a bin.")

    def output_shape(self, shape: Shape) -> Shape:
        """(channels · Σn²,)."""
        lengths = grid(shape, "spatial pyramid pooling")
        if max(self.levels) > min(lengths):
            raise SpecError(
                "",
                f"A pyramid with {max(self.levels)} bins along a side needs as many pixels, but what reaches it is "
                f"{written(lengths)}. Leave out that level.",
            )
        return (shape[0] * sum(bins ** len(lengths) for bins in self.levels),)

    def build(self, shape: Shape) -> nn.Module:
        """torch's adaptive pooling for each level."""
        from torch import nn

        from dlcore.modules.side_by_side import SideBySide

        most = {2: nn.AdaptiveMaxPool1d, 3: nn.AdaptiveMaxPool2d, 4: nn.AdaptiveMaxPool3d}
        mean = {2: nn.AdaptiveAvgPool1d, 3: nn.AdaptiveAvgPool2d, 4: nn.AdaptiveAvgPool3d}
        kind = (most if self.keep == "max" else mean)[len(shape)]
        return SideBySide(kind(bins) for bins in self.levels)
