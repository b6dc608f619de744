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

    At evaluation the running averages of μ and σ² are taken (of σ² times m/(m − 1), for m numbers). In training too where
    a batch has one number for each channel, since that has no variance: the last batch of an epoch may be one example.
    Shapes: any -> the same. Parameters: 2 for each unit or channel.
    Source: Ioffe & Szegedy, 2015, "Batch normalization: accelerating deep network training by reducing internal covariate
    shift".
    """

    label = "Batch normalisation"
    stem = "norm"
    whole_batch = True

    kind: Literal["batch_norm", "batchnorm"] = "batch_norm"
    momentum: float = fraction(0.1, help="Share of a batch in the running averages.")
    eps: float = small(1e-5, title="ε", help="Keeps the division finite; inside the root.")

    def parameters(self, shape: Shape) -> int:
        """γ and β for each unit or channel."""
        return 2 * shape[0]

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.BatchNorm1d``, ``BatchNorm2d`` or ``BatchNorm3d``, but for batches of one number per channel."""
        from dlcore.modules.batch_norm import BatchNorm1d, BatchNorm2d, BatchNorm3d

        kind = {1: BatchNorm1d, 2: BatchNorm1d, 3: BatchNorm2d, 4: BatchNorm3d}[len(shape)]
        return kind(shape[0], eps=self.eps, momentum=self.momentum)
