"""The logistic sigmoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Sigmoid(Layer):
    """1/(1 + e⁻ˣ), between 0 and 1; its derivative s(1 − s) is at most 1/4.

    Saturates on both sides and is not zero-centred; kept to show why others came.
    Source: Rumelhart, Hinton & Williams, 1986, "Learning representations by back-propagating errors".
    """

    label = "Sigmoid"
    stem = "sigmoid"

    kind: Literal["sigmoid"] = "sigmoid"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Sigmoid``."""
        from torch import nn

        return nn.Sigmoid()
