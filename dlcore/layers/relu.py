"""The rectified linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class ReLU(Layer):
    """max(0, x).

    Cheap, and does not saturate for x > 0; a unit that is negative for every example learns nothing more (it is dead).
    Source: Nair & Hinton, 2010, "Rectified linear units improve restricted Boltzmann machines".
    """

    label = "ReLU"
    stem = "relu"

    kind: Literal["relu"] = "relu"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.ReLU``."""
        from torch import nn

        return nn.ReLU()
