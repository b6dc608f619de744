"""The hyperbolic tangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Tanh(Layer):
    """2σ(2x) − 1, between −1 and 1; its derivative is 1 − tanh².

    Zero-centred, but saturates on both sides.
    Source: LeCun et al., 1998, "Efficient BackProp".
    """

    label = "Tanh"
    stem = "tanh"

    kind: Literal["tanh"] = "tanh"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Tanh``."""
        from torch import nn

        return nn.Tanh()
