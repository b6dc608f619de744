"""Squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class SquaredError(Loss):
    """The squared distance of the outputs from the targets.

        L = ‖f − y‖² = Σ_j (f_j − y_j)²

    Summed over the outputs, the mean over the batch, without a ½: the gradient is 2(f − y)/batch. One far-off example
    weighs more than many near ones; ``absolute_error`` and ``huber`` take it more lightly.
    Shapes: outputs (batch, n), targets (batch, n), or (batch,) when n = 1 -> ().
    Source: Legendre, 1805, "Nouvelles méthodes pour la détermination des orbites des comètes".
    """

    label = "Squared error"
    tasks = ("regression",)

    kind: Literal["squared_error"] = "squared_error"

    def build(self) -> nn.Module:
        """``torch.nn.MSELoss``, summed over the outputs."""
        from torch import nn

        from dlcore.modules.summed import Summed

        return Summed(nn.MSELoss(reduction="sum"))
