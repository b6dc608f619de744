"""A fully connected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, count
from dlcore.layers.fitting import flat_size
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class FullyConnected(Layer):
    """Every unit sees every input: xW + b; a picture is flattened first.

    Shapes: any -> (units,). Parameters: inputs × units + units.
    Source: Rosenblatt, 1958, "The perceptron".
    """

    stem = "fc"

    kind: Literal["fully_connected", "fc"] = "fully_connected"
    units: int = count(100, high=65_536, scale="log", help="How many numbers come out.")
    bias: bool = choice(True, help="Learn a number for each unit that is added; batch normalisation has its own.")

    def output_shape(self, shape: Shape) -> Shape:
        """(units,)."""
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        """inputs × units weights and units biases."""
        return flat_size(shape) * self.units + (self.units if self.bias else 0)

    def multiply_adds(self, shape: Shape) -> int:
        """inputs × units."""
        return flat_size(shape) * self.units

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Linear``, flattening what is not flat."""
        from torch import nn

        from dlcore.modules.flat_linear import FlatLinear

        kind = nn.Linear if len(shape) == 1 else FlatLinear
        return kind(flat_size(shape), self.units, self.bias)
