"""DropConnect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, count, fraction
from dlcore.layers.fitting import flat_size
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class DropConnect(Layer):
    """A fully connected layer whose weights, not its units, are set to zero at random while training.

        training: x(M∘W) / (1 − rate) + b,  M_ij = 1 with probability 1 − rate        evaluation: xW + b

    Inverted form: kept weights are divided by the share kept, so that evaluation takes the weights as they are, which is
    their mean. Where it differs from the paper: one mask for a batch, biases are kept, and evaluation takes the mean in
    place of samples from a normal distribution. A picture is flattened first.
    Shapes: any -> (units,). Parameters: inputs × units + units.
    Source: Wan, Zeiler, Zhang, LeCun & Fergus, 2013, "Regularization of neural networks using DropConnect".
    """

    label = "DropConnect"
    stem = "fc"

    kind: Literal["drop_connect"] = "drop_connect"
    units: int = count(100, high=65_536, scale="log", help="How many numbers come out.")
    rate: float = fraction(0.5, help="Share of weights that is dropped.")
    bias: bool = choice(True, help="Learn a number for each unit that is added; it is never dropped.")

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
        """A linear module with a mask on its weights."""
        from dlcore.modules.drop_connect import DropConnectLinear

        return DropConnectLinear(flat_size(shape), self.units, self.rate, bias=self.bias)
