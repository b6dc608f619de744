"""Max pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Shape
from dlcore.layers.pool import Pool

if TYPE_CHECKING:
    from torch import nn


class MaxPool(Pool):
    """Keeps the largest number of each window.

        out = ⌊(W − F + 2P) / S⌋ + 1, or rounded up

    Shapes: (C, H, W) -> (C, H', W'); sequences and volumes likewise. Overlapping when the stride is smaller than the
    window. Padding is never the largest.
    Source: Riesenhuber & Poggio, 1999, "Hierarchical models of object recognition in cortex"; overlapping: Krizhevsky
    et al., 2012, "ImageNet classification with deep convolutional neural networks".
    """

    label = "Max pooling"

    kind: Literal["max_pool", "pool"] = "max_pool"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.MaxPool1d``, ``MaxPool2d`` or ``MaxPool3d``."""
        from torch import nn

        kind = {2: nn.MaxPool1d, 3: nn.MaxPool2d, 4: nn.MaxPool3d}[len(shape)]
        return kind(**self.window)
