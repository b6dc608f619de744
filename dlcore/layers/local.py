"""A locally connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, count
from dlcore.layers.fitting import flat_size, picture_shape, slide
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Local(Layer):
    """A convolution whose filters are not shared: each position learns its own.

        out = ⌊(W − F + 2P) / S⌋ + 1        parameters = H'·W'·(F·F·D·K + K)

    For pictures where a place has a meaning of its own, such as faces that are lined up.
    Shapes: (D, H, W) -> (K, H', W').
    Source: Taigman, Yang, Ranzato & Wolf, 2014, "DeepFace: closing the gap to human-level performance in face
    verification".
    """

    label = "Locally connected"
    stem = "local"

    kind: Literal["local", "locally_connected"] = "local"
    filters: int = count(16, high=4096, scale="log", help="How many filters at each position, each makes a channel.")
    size: int = count(3, high=31, title="Filter size", help="Height and width of a filter.")
    stride: int = count(1, high=16, help="Pixels from one position to the next.")
    padding: int = count(0, low=0, high=15, help="Zeros added on each side.")
    bias: bool = choice(True, help="Learn a number for each filter at each position that is added.")

    def output_shape(self, shape: Shape) -> Shape:
        """(filters, height, width)."""
        _, height, width = picture_shape(shape, "locally connected")
        return (
            self.filters,
            slide(height, self.size, self.stride, self.padding, "locally connected"),
            slide(width, self.size, self.stride, self.padding, "locally connected"),
        )

    def parameters(self, shape: Shape) -> int:
        """F·F·D weights and a bias for each number that comes out."""
        return flat_size(self.output_shape(shape)) * (self.size**2 * shape[0] + (1 if self.bias else 0))

    def multiply_adds(self, shape: Shape) -> int:
        """F·F·D for each number that comes out."""
        return flat_size(self.output_shape(shape)) * self.size**2 * shape[0]

    def build(self, shape: Shape) -> nn.Module:
        """Windows laid out as columns, each times its own weights."""
        from dlcore.modules.local import LocallyConnected

        return LocallyConnected(
            shape[0], self.output_shape(shape), self.size, self.stride, self.padding, bias=self.bias
        )
