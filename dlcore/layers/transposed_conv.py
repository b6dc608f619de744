"""Transposed convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.errors import SpecError
from dlcore.fields import choice, count
from dlcore.layers.fitting import flat_size, grid
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class TransposedConv(Layer):
    """Learned upsampling: each pixel lays a filter down, and where filters overlap they are added.

        out = (W − 1)·S − 2P + F + output padding        parameters = F·F·D·K + K

    Its shape arithmetic is a convolution's turned round; its weights are its own.
    Shapes: (D, H, W) -> (K, H', W'); sequences and volumes likewise.
    Source: Zeiler, Krishnan, Taylor & Fergus, 2010, "Deconvolutional networks"; arithmetic: Dumoulin & Visin, 2016, "A
    guide to convolution arithmetic for deep learning".
    """

    label = "Transposed convolution"
    stem = "deconv"

    kind: Literal["transposed_conv", "deconv"] = "transposed_conv"
    filters: int = count(16, high=4096, scale="log", help="How many filters, each makes a channel.")
    size: int = count(2, high=31, title="Filter size", help="Height and width of a filter.")
    stride: int = count(
        2, high=16, help="Pixels of the output from one filter to the next: how much larger it becomes."
    )
    padding: int = count(0, low=0, high=15, help="Pixels cut off on each side.")
    output_padding: int = count(
        0, low=0, high=15, help="Pixels added on the right and bottom, to tell apart sizes that a stride makes equal."
    )
    bias: bool = choice(True, help="Learn a number for each filter that is added.")

    def output_shape(self, shape: Shape) -> Shape:
        """(filters, height, width), larger."""
        lengths = grid(shape, "transposed convolution")
        if self.output_padding >= self.stride:
            raise SpecError(
                "",
                f"The output padding of a transposed convolution is below its stride, but {self.output_padding} is not "
                f"below {self.stride}.",
            )
        added = self.size - 2 * self.padding + self.output_padding
        out = tuple((length - 1) * self.stride + added for length in lengths)
        if min(out) < 1:
            raise SpecError("", f"A padding of {self.padding} cuts off all that this transposed convolution makes.")
        return (self.filters, *out)

    def parameters(self, shape: Shape) -> int:
        """F·F·D·K weights and K biases."""
        return self._weights(shape) + (self.filters if self.bias else 0)

    def multiply_adds(self, shape: Shape) -> int:
        """All weights at each position of the input."""
        return self._weights(shape) * flat_size(shape[1:])

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.ConvTranspose1d``, ``ConvTranspose2d`` or ``ConvTranspose3d``."""
        from torch import nn

        kind = {2: nn.ConvTranspose1d, 3: nn.ConvTranspose2d, 4: nn.ConvTranspose3d}[len(shape)]
        return kind(shape[0], self.filters, self.size, self.stride, self.padding, self.output_padding, bias=self.bias)

    def _weights(self, shape: Shape) -> int:
        return self.size ** (len(shape) - 1) * shape[0] * self.filters
