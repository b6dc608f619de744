"""The logistic loss for many labels per example."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class MultilabelLogistic(Loss):
    """A logistic regression for each attribute: the negative log of the probability given to what is true.

        L = −Σ_j [y_j log σ(f_j) + (1 − y_j) log(1 − σ(f_j))]         y_j = 0 or 1;  ∂L/∂f_j = σ(f_j) − y_j

    Computed from the scores as max(f, 0) − yf + log(1 + e^{−|f|}), which neither overflows nor takes the log of 0.
    Its value at the start is n ln 2. Summed over the attributes, the mean over the batch.
    Shapes: scores (batch, n), targets (batch, n) -> ().
    Source: Cox, 1958, "The regression analysis of binary sequences".
    """

    label = "Per-attribute logistic"
    tasks = ("multilabel",)
    gives_probabilities = True

    kind: Literal["multilabel_logistic"] = "multilabel_logistic"

    def build(self) -> nn.Module:
        """``torch.nn.BCEWithLogitsLoss``, summed over the attributes."""
        from torch import nn

        from dlcore.modules.summed import Summed

        return Summed(nn.BCEWithLogitsLoss(reduction="sum"))

    def initial(self, outputs: int) -> float | None:
        """n ln 2."""
        return outputs * math.log(2.0)
