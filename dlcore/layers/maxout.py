"""Maxout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import count
from dlcore.layers.fitting import flat_size
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Maxout(Layer):
    """The largest of k linear pieces: a layer that learns its own activation.

        out = max_j (xW_j + b_j),  j = 1 ... k

    With k = 2 it can be a ReLU (one piece 0), a leaky one, or |x|. A picture is flattened first.
    Shapes: any -> (units,). Parameters: (inputs × units + units) · k.
    Source: Goodfellow, Warde-Farley, Mirza, Courville & Bengio, 2013, "Maxout networks".
    """

    stem = "maxout"

    kind: Literal["maxout"] = "maxout"
    units: int = count(100, high=65_536, scale="log", help="How many numbers come out.")
    pieces: int = count(2, high=64, help="Linear pieces of each unit, k; parameters grow k-fold.")

    def output_shape(self, shape: Shape) -> Shape:
        """(units,)."""
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        """Weights and biases of each piece."""
        return (flat_size(shape) + 1) * self.units * self.pieces

    def multiply_adds(self, shape: Shape) -> int:
        """inputs × units × k."""
        return flat_size(shape) * self.units * self.pieces

    def build(self, shape: Shape) -> nn.Module:
        """A linear module of units × k, and the largest of each k."""
        from dlcore.modules.maxout import Maxout

        return Maxout(flat_size(shape), self.units, self.pieces)
