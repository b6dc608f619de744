"""A classifier in the middle of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.layers.branches import Composite, Totals, through
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class AuxiliaryHead(Composite):
    """Hands its input on, and while training also classifies it, which brings gradients to the layers before it.

        loss = loss(scores) + Σ weight · loss(the head's scores)

    Networks say what its layers are; it does nothing at evaluation.
    Source: Szegedy et al., 2015, "Going deeper with convolutions", section 5 (weight 0.3).
    """

    label = "Auxiliary head"
    stem = "head"

    layers: tuple[Layer, ...]
    weight: float = 0.3

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """It is no kind that a person chooses: networks have a field for it."""
        return ("",)

    def totals(self, shape: Shape) -> Totals:
        """Its layers', which only training pays; the shape is as it came."""
        return through(self.layers, shape)._replace(shape=shape)

    def build(self, shape: Shape) -> nn.Module:
        """Its layers, with an attribute where their scores wait for the loss."""
        from dlcore.modules.auxiliary_head import AuxiliaryHeadModule
        from dlcore.networks.sequence import sequential

        return AuxiliaryHeadModule(sequential(self.layers, shape), self.weight)
