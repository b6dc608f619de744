"""Convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.errors import SpecError
from dlcore.fields import choice, count, optional_count
from dlcore.layers.fitting import flat_size, grid, slide, written
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Conv(Layer):
    """Slides learned filters over a picture; over a sequence or a volume as well.

        out = ⌊(W − F′ + 2P) / S⌋ + 1,  F′ = dilation·(F − 1) + 1        parameters = F·F·(D / groups)·K + K

    Shapes: (D, H, W) -> (K, H', W') with K filters of F × F (or F × width); (D, L) -> (K, L') with filters of F and
    (D, T, H, W) -> (K, T', H', W') with filters of F × F × F. Each of the groups sees its own D / groups channels and
    makes K / groups filters; groups = D is a depthwise convolution.
    Source: LeCun et al., 1989, "Backpropagation applied to handwritten zip code recognition"; dilation: Yu & Koltun,
    2016, "Multi-scale context aggregation by dilated convolutions"; groups: Krizhevsky et al., 2012, "ImageNet
    classification with deep convolutional neural networks".
    """

    label = "Convolution"
    stem = "conv"

    kind: Literal["conv"] = "conv"
    filters: int = count(16, high=4096, scale="log", help="How many filters, each makes a channel.")
    size: int = count(3, high=31, title="Filter size", help="Height and width of a filter.")
    width: int | None = optional_count(
        high=31, title="Filter width", help="Where it differs from the size, as in 1 × 7 and 7 × 1; pictures only."
    )
    stride: int = count(1, high=16, help="Pixels from one position to the next.")
    padding: int = count(
        0, low=0, high=15, help="Zeros added on each side; (size − 1)/2 keeps the picture's size at stride 1."
    )
    same: bool = choice(
        False, title="Same size", help="Pads so that the picture keeps its size at stride 1; padding is not read then."
    )
    dilation: int = count(1, high=32, help="Pixels from one weight of a filter to the next; 1 leaves none out.")
    groups: int = count(
        1, high=4096, scale="log", help="Parts that the channels are split into; each filter sees only its part's."
    )
    bias: bool = choice(True, help="Learn a number for each filter that is added; batch normalisation has its own.")

    def output_shape(self, shape: Shape) -> Shape:
        """(filters, height, width), or the sequence's or volume's lengths."""
        lengths = grid(shape, "convolution")
        self._check(shape)
        extents = [self.dilation * (size - 1) + 1 for size in self.window(shape)]
        if self.same:
            return (self.filters, *(-(-length // self.stride) for length in lengths))
        out = (
            slide(length, extent, self.stride, self.padding, "convolution")
            for length, extent in zip(lengths, extents, strict=True)
        )
        return (self.filters, *out)

    def window(self, shape: Shape) -> Shape:
        """The lengths of a filter along what ``shape`` has beside the channels."""
        sizes = (self.size,) * (len(shape) - 1)
        return sizes if self.width is None else (*sizes[:-1], self.width)

    def parameters(self, shape: Shape) -> int:
        """F·F·(D / groups)·K weights and K biases."""
        return self._weights(shape) + (self.filters if self.bias else 0)

    def multiply_adds(self, shape: Shape) -> int:
        """All weights at each position."""
        return self._weights(shape) * flat_size(self.output_shape(shape)[1:])

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Conv1d``, ``Conv2d`` or ``Conv3d``."""
        from torch import nn

        kind = {2: nn.Conv1d, 3: nn.Conv2d, 4: nn.Conv3d}[len(shape)]
        return kind(
            shape[0],
            self.filters,
            self.window(shape),  # type: ignore[arg-type]
            self.stride,
            self._torch_padding(shape),  # type: ignore[arg-type]
            self.dilation,
            self.groups,
            self.bias,
        )

    def _weights(self, shape: Shape) -> int:
        return flat_size(self.window(shape)) * (shape[0] // self.groups) * self.filters

    def _torch_padding(self, shape: Shape) -> Shape | str:
        if not self.same:
            return (self.padding,) * (len(shape) - 1)
        spans = [self.dilation * (size - 1) for size in self.window(shape)]
        return "same" if any(span % 2 for span in spans) else tuple(span // 2 for span in spans)

    def _check(self, shape: Shape) -> None:
        for what, number in (("channels that reach it", shape[0]), ("filters", self.filters)):
            if number % self.groups:
                raise SpecError(
                    "", f"The groups of a convolution must divide the {what}: {self.groups} does not divide {number}."
                )
        if self.width is not None and len(shape) != 3:
            raise SpecError(
                "", f"A filter width is for pictures, but what reaches the convolution has the shape {written(shape)}."
            )
        if self.same and self.stride > 1 and any(self.dilation * (size - 1) % 2 for size in self.window(shape)):
            raise SpecError("", "Padding to the same size with a stride above 1 needs an odd filter size.")
