"""Batch normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, small
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class BatchNorm(Layer):
    """Centres and scales each unit (each channel of pictures) over the batch, then scales and shifts by learned γ and β.

        μ = mean(z);  σ² = mean((z − μ)²);  ẑ = (z − μ) / √(σ² + ε);  out = γẑ + β

    At evaluation the running averages of μ and σ² are taken.
    Source: Ioffe & Szegedy, 2015, "Batch normalization".
    """

    label = "Batch normalisation"
    stem = "norm"

    kind: Literal["batch_norm", "batchnorm"] = "batch_norm"
    momentum: float = fraction(0.1, help="Share of a batch in the running averages.")
    eps: float = small(1e-5, title="ε", help="Keeps the division finite; inside the root.")

    def parameters(self, shape: Shape) -> int:
        """γ and β for each unit or channel."""
        return 2 * shape[0]

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.BatchNorm1d``, ``BatchNorm2d`` or ``BatchNorm3d``."""
        from torch import nn

        kind = {1: nn.BatchNorm1d, 2: nn.BatchNorm1d, 3: nn.BatchNorm2d, 4: nn.BatchNorm3d}[len(shape)]
        return kind(shape[0], eps=self.eps, momentum=self.momentum)
