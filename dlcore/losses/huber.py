"""The Huber loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class Huber(Loss):
    """Squared for small errors, straight for large ones, so that outliers do not rule.

        L = Σ_j h(f_j − y_j)        h(e) = ½e²            where |e| ≤ δ
                                    h(e) = δ(|e| − ½δ)    elsewhere

    Summed over the outputs, the mean over the batch.
    Shapes: outputs (batch, n), targets (batch, n), or (batch,) when n = 1 -> ().
    Source: Huber, 1964, "Robust estimation of a location parameter".
    """

    label = "Huber"
    tasks = ("regression",)

    kind: Literal["huber"] = "huber"
    delta: float = number(
        1.0,
        above=0.0,
        high=1e4,
        scale="log",
        title="Delta δ",
        help="Size of an error from which it counts as an outlier.",
    )

    def build(self) -> nn.Module:
        """``torch.nn.HuberLoss``, summed over the outputs."""
        from torch import nn

        from dlcore.modules.summed import Summed

        return Summed(nn.HuberLoss(reduction="sum", delta=self.delta))
