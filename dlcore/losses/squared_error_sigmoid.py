"""Squared error on a sigmoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class SquaredErrorSigmoid(Loss):
    """Squared error of sigmoids against the one-hot class: learns slowly, and is here so that this can be seen.

        L = Σ_j (σ(f_j) − onehot(y)_j)²        ∂L/∂f_j = 2(σ(f_j) − onehot(y)_j) σ(f_j)(1 − σ(f_j))

    The factor σ(1 − σ) is at most ¼ and vanishes where a unit is sure, even of what is wrong; softmax cross-entropy has
    no such factor. Its value at the start is C/4 with small weights. Summed over the classes, the mean over the batch.
    Shapes: scores (batch, C), labels (batch,) -> ().
    Source: Rumelhart, Hinton & Williams, 1986, "Learning representations by back-propagating errors"; why it is slow:
    Solla, Levin & Fleisher, 1988, "Accelerated learning in layered neural networks".
    """

    label = "Squared error on a sigmoid"

    kind: Literal["squared_error_sigmoid"] = "squared_error_sigmoid"

    def build(self) -> nn.Module:
        """``SigmoidSquaredError``."""
        from dlcore.modules.sigmoid_squared_error import SigmoidSquaredError

        return SigmoidSquaredError()

    def initial(self, outputs: int) -> float | None:
        """(½)² for each class."""
        return outputs / 4
