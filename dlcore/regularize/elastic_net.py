"""The elastic net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.regularize.regulariser import Regulariser, total, trained

if TYPE_CHECKING:
    import torch


class ElasticNet(Regulariser):
    """L1 and L2 together: few weights, and none of them large.

        cost = λ₁|w| + λ₂w²         g = g + λ₁ sign(w) + 2λ₂w

    There is no ½ before λ₂, as in the paper: λ₂ here is worth 2λ₂ of the part "L2".
    Source: Zou & Hastie, 2005, "Regularization and variable selection via the elastic net".
    """

    kind: Literal["elastic_net"] = "elastic_net"
    l1: float = number(
        1e-5, low=0.0, high=1e3, scale="log", title="λ₁", help="How strongly weights are pulled to exactly zero."
    )
    l2: float = number(
        1e-4, low=0.0, high=1e3, scale="log", title="λ₂", help="How strongly large weights are punished."
    )

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """grad += λ₁ sign(w) + 2λ₂w."""
        import torch

        values, gradients = trained(weights)
        if gradients:
            torch._foreach_add_(gradients, torch._foreach_sign(values), alpha=self.l1)
            torch._foreach_add_(gradients, values, alpha=2.0 * self.l2)

    def penalty(self, weights: Sequence[torch.nn.Parameter]) -> torch.Tensor:
        """λ₁ Σ|w| + λ₂ Σw²."""
        return total([self.l1 * weight.abs().sum() + self.l2 * (weight**2).sum() for weight in weights])
