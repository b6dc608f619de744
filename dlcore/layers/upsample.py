"""Upsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, count
from dlcore.layers.fitting import grid
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn

BETWEEN = {2: "linear", 3: "bilinear", 4: "trilinear"}


class Upsample(Layer):
    """Makes pictures larger by interpolation; it learns nothing.

    Nearest repeats each pixel; bilinear weighs the four around a place by their distance. Pixels are areas: the middle
    of pixel i of the output lies at (i + ½)/factor − ½ of the input, and places beyond the outermost middles take those.
    Shapes: (C, H, W) -> (C, factor·H, factor·W); sequences and volumes likewise.
    Source: Odena, Dumoulin & Olah, 2016, "Deconvolution and checkerboard artifacts" (in place of transposed convolution).
    """

    stem = "upsample"

    kind: Literal["upsample"] = "upsample"
    factor: int = count(2, low=2, high=16, help="How many times as high and as wide.")
    by: Literal["nearest", "bilinear"] = choice("nearest", help="Repeats pixels, or goes evenly from one to the next.")

    def output_shape(self, shape: Shape) -> Shape:
        """The same channels, larger."""
        return (shape[0], *(self.factor * length for length in grid(shape, "upsampling")))

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Upsample``."""
        from torch import nn

        mode = "nearest" if self.by == "nearest" else BETWEEN[len(shape)]
        return nn.Upsample(scale_factor=self.factor, mode=mode)
