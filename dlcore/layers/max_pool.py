"""Max pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Shape
from dlcore.layers.pool import Pool

if TYPE_CHECKING:
    from torch import nn


class MaxPool(Pool):
    """Keeps the largest number of each window.

    Shapes: (C, H, W) -> (C, H', W'). Overlapping when the stride is smaller than the window.
    Source: Riesenhuber & Poggio, 1999, "Hierarchical models of object recognition in cortex".
    """

    label = "Max pooling"

    kind: Literal["max_pool", "pool"] = "max_pool"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.MaxPool2d``."""
        from torch import nn

        return nn.MaxPool2d(**self.window)
