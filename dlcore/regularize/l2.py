"""L2 regularisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import strength
from dlcore.regularize.regulariser import Regulariser, total, trained

if TYPE_CHECKING:
    import torch


class L2(Regulariser):
    """A cost of ½λw² for each weight, so λw is added to its gradient: weights are pulled towards zero.

    Under SGD: w = w − lr · (g + λw). Under Adam it is not the same as decoupled weight decay.
    Source: Krogh & Hertz, 1991, "A simple weight decay can improve generalization".
    """

    label = "L2"

    kind: Literal["l2"] = "l2"
    strength: float = strength(1e-4)

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """grad += λw."""
        import torch

        values, gradients = trained(weights)
        if gradients:
            torch._foreach_add_(gradients, values, alpha=self.strength)

    def penalty(self, weights: Sequence[torch.nn.Parameter]) -> torch.Tensor:
        """½λ Σw²."""
        return 0.5 * self.strength * total([(weight**2).sum() for weight in weights])
