"""The multiclass SVM loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, number
from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class SVM(Loss):
    """Wants the right class's score to be above every other by a margin.

        L = Σ_{j≠y} max(0, s_j − s_y + Δ)^p         p = 1: hinge; p = 2: squared hinge

    The right class is left out of the sum: with it, the loss would never fall below Δᵖ. Its value at the start is
    (C − 1)Δᵖ with small weights. The mean over the batch.
    Shapes: scores (batch, C), labels (batch,) -> ().
    Source: Weston & Watkins, 1999, "Support vector machines for multi-class pattern recognition".
    """

    label = "Multiclass SVM (hinge)"

    kind: Literal["svm"] = "svm"
    margin: float = number(1.0, above=0.0, high=100.0, title="Margin Δ", help="By how much the right class should win.")
    squared: bool = choice(False, title="Squared hinge", help="Punish large misses more.")

    def build(self) -> nn.Module:
        """``MulticlassHinge``."""
        from dlcore.modules.hinge import MulticlassHinge

        return MulticlassHinge(self.margin, 2 if self.squared else 1)

    def initial(self, outputs: int) -> float | None:
        """(C − 1)Δᵖ."""
        return (outputs - 1) * self.margin ** (2 if self.squared else 1)
