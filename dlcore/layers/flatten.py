"""Flattening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.fitting import flat_size
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Flatten(Layer):
    """Lays a picture out as a row of numbers, channel by channel.

    Shapes: (C, H, W) -> (C·H·W,).
    """

    stem = "flatten"

    kind: Literal["flatten"] = "flatten"

    def output_shape(self, shape: Shape) -> Shape:
        """(C·H·W,)."""
        return (flat_size(shape),)

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Flatten``."""
        from torch import nn

        return nn.Flatten()
