"""Dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Dropout(Layer):
    """Sets units to zero at random while training; whole channels of pictures.

    Inverted form: kept units are divided by the share kept, so that nothing changes at evaluation.
    Source: Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks from overfitting".
    """

    stem = "dropout"

    kind: Literal["dropout"] = "dropout"
    rate: float = fraction(0.5, help="Share of units that is dropped.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Dropout``; ``Dropout1d``, ``Dropout2d`` or ``Dropout3d`` where there are channels."""
        from torch import nn

        kind = {1: nn.Dropout, 2: nn.Dropout1d, 3: nn.Dropout2d, 4: nn.Dropout3d}[len(shape)]
        return kind(self.rate)
