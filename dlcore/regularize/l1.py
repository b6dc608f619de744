"""L1 regularisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import strength
from dlcore.regularize.regulariser import Regulariser, total, trained

if TYPE_CHECKING:
    import torch


class L1(Regulariser):
    """A cost of λ|w| for each weight: all are pulled towards zero alike, and those that hardly help end there.

        g = g + λ sign(w)         sign(0) = 0

    A step overshoots zero by up to lr · λ, so small weights flicker around it instead of resting on it.
    Source: Tibshirani, 1996, "Regression shrinkage and selection via the lasso".
    """

    label = "L1"

    kind: Literal["l1"] = "l1"
    strength: float = strength(1e-5)

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """grad += λ sign(w)."""
        import torch

        values, gradients = trained(weights)
        if gradients:
            torch._foreach_add_(gradients, torch._foreach_sign(values), alpha=self.strength)

    def penalty(self, weights: Sequence[torch.nn.Parameter]) -> torch.Tensor:
        """λ Σ|w|."""
        return self.strength * total([weight.abs().sum() for weight in weights])
