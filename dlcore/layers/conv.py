"""Two-dimensional convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import count
from dlcore.layers.fitting import picture_shape, slide
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Conv(Layer):
    """Slides learned filters over a picture.

        out = ⌊(W − F + 2P) / S⌋ + 1        parameters = F·F·D·K + K

    Shapes: (D, H, W) -> (K, H', W') with K filters of F × F.
    Source: LeCun et al., 1989, "Backpropagation applied to handwritten zip code recognition".
    """

    label = "Convolution"
    stem = "conv"

    kind: Literal["conv"] = "conv"
    filters: int = count(16, high=4096, scale="log", help="How many filters, each makes a channel.")
    size: int = count(3, high=31, title="Filter size", help="Height and width of a filter.")
    stride: int = count(1, high=16, help="Pixels from one position to the next.")
    padding: int = count(
        0, low=0, high=15, help="Zeros added on each side; (size − 1)/2 keeps the picture's size at stride 1."
    )

    def output_shape(self, shape: Shape) -> Shape:
        """(filters, height, width)."""
        _, height, width = picture_shape(shape, "convolution")
        return (
            self.filters,
            slide(height, self.size, self.stride, self.padding, "convolution"),
            slide(width, self.size, self.stride, self.padding, "convolution"),
        )

    def parameters(self, shape: Shape) -> int:
        """F·F·D·K weights and K biases."""
        return self.size**2 * shape[0] * self.filters + self.filters

    def multiply_adds(self, shape: Shape) -> int:
        """One filter's weights for each output."""
        filters, height, width = self.output_shape(shape)
        return self.size**2 * shape[0] * filters * height * width

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Conv2d``."""
        from torch import nn

        return nn.Conv2d(shape[0], self.filters, self.size, self.stride, self.padding)
