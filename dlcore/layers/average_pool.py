"""Average pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice
from dlcore.layers.layer import Shape
from dlcore.layers.pool import Pool

if TYPE_CHECKING:
    from torch import nn


class AveragePool(Pool):
    """Keeps the mean of each window.

        out = ⌊(W − F + 2P) / S⌋ + 1, or rounded up

    Shapes: (C, H, W) -> (C, H', W'); sequences and volumes likewise.
    Source: LeCun et al., 1998, "Gradient-based learning applied to document recognition" (there with learned scales).
    """

    label = "Average pooling"

    kind: Literal["average_pool"] = "average_pool"
    count_padding: bool = choice(True, help="Whether the zeros of the padding count in the mean.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.AvgPool1d``, ``AvgPool2d`` or ``AvgPool3d``."""
        from torch import nn

        kind = {2: nn.AvgPool1d, 3: nn.AvgPool2d, 4: nn.AvgPool3d}[len(shape)]
        return kind(**self.window, count_include_pad=self.count_padding)
