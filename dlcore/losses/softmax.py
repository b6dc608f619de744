"""Softmax cross-entropy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction
from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class Softmax(Loss):
    """The negative log of the probability given to the right class.

        L = −log(e^{f_y} / Σ_j e^{f_j})                           scores are shifted by their maximum first
        L = −Σ_k q_k log(e^{f_k} / Σ_j e^{f_j}),  q = (1 − ε) onehot(y) + ε/C        with label smoothing ε

    Its value at the start is ln C with small weights, for every ε. Smoothing keeps the right class's score from running
    away from the others; the loss then ends above 0. The mean over the batch.
    Shapes: scores (batch, C), labels (batch,) -> ().
    Source: Bridle, 1990, "Probabilistic interpretation of feedforward classification network outputs"; smoothing:
    Szegedy et al., 2016, "Rethinking the Inception architecture for computer vision", section 7.
    """

    label = "Softmax cross-entropy"
    gives_probabilities = True

    kind: Literal["softmax"] = "softmax"
    label_smoothing: float = fraction(
        0.0,
        title="Label smoothing ε",
        help="Share of the target that is spread over all classes; 0.1 is usual, 0 is none.",
    )

    def build(self) -> nn.Module:
        """``torch.nn.CrossEntropyLoss``."""
        from torch import nn

        return nn.CrossEntropyLoss(label_smoothing=self.label_smoothing)

    def initial(self, outputs: int) -> float | None:
        """ln C."""
        return math.log(outputs)
