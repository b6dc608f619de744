"""What a network declares: its layers, given the input's shape and the number of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.layers import Layer, Shape
from dlcore.networks.naming import named
from dlcore.part import Part

if TYPE_CHECKING:
    from torch import nn


class Network(Part):
    """An architecture that adapts to the input's shape."""

    family = "network"

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """Its layers from input to scores, for examples of ``shape`` and ``classes`` outputs."""
        raise TypeError(f"{type(self).__name__} does not say what its layers are")

    def named_layers(self, shape: Shape, classes: int) -> list[tuple[str, Layer]]:
        """Its layers by the names that the table, the curves and the checkpoints know them by."""
        return named(self.layers_for(shape, classes))

    def build(self, shape: Shape, classes: int) -> nn.Module:
        """A ``torch.nn.Sequential`` of named layers: (batch, *shape) -> scores (batch, classes)."""
        from dlcore.networks.sequence import sequential_of

        return sequential_of(self.named_layers(shape, classes), shape)
