"""Softmax cross-entropy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class Softmax(Loss):
    """The negative log of the probability given to the right class.

        L = −log(e^{f_y} / Σ_j e^{f_j})         scores are shifted by their maximum first

    Its value at the start is ln C with small weights. The mean over the batch.
    Source: Bridle, 1990, "Probabilistic interpretation of feedforward classification network outputs".
    """

    label = "Softmax cross-entropy"

    kind: Literal["softmax"] = "softmax"

    def build(self) -> nn.Module:
        """``torch.nn.CrossEntropyLoss``."""
        from torch import nn

        return nn.CrossEntropyLoss()

    def initial(self, classes: int) -> float | None:
        """ln C."""
        return math.log(classes)
