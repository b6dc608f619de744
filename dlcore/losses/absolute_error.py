"""Absolute error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class AbsoluteError(Loss):
    """The distance of each output from its target, whatever its sign.

        L = ‖f − y‖₁ = Σ_j |f_j − y_j|

    Summed over the outputs, the mean over the batch. It fits the median, so outliers pull little; its gradient does not
    shrink near the target, so the learning rate has to.
    Shapes: outputs (batch, n), targets (batch, n), or (batch,) when n = 1 -> ().
    Source: Boscovich, 1757, "De litteraria expeditione per pontificiam ditionem".
    """

    label = "Absolute error"
    tasks = ("regression",)

    kind: Literal["absolute_error"] = "absolute_error"

    def build(self) -> nn.Module:
        """``torch.nn.L1Loss``, summed over the outputs."""
        from torch import nn

        from dlcore.modules.summed import Summed

        return Summed(nn.L1Loss(reduction="sum"))
