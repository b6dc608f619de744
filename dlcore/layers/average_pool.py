"""Average pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Shape
from dlcore.layers.pool import Pool

if TYPE_CHECKING:
    from torch import nn


class AveragePool(Pool):
    """Keeps the mean of each window.

    Shapes: (C, H, W) -> (C, H', W').
    Source: LeCun et al., 1998, "Gradient-based learning applied to document recognition" (there with learned scales).
    """

    label = "Average pooling"

    kind: Literal["average_pool"] = "average_pool"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.AvgPool2d``."""
        from torch import nn

        return nn.AvgPool2d(**self.window)
