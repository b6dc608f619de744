"""Decoupled weight decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import strength
from dlcore.regularize.regulariser import Regulariser, trained

if TYPE_CHECKING:
    import torch


class WeightDecay(Regulariser):
    """Every weight loses the same share of itself at each step, whatever the optimizer makes of the gradient.

        w = w − lr · λ · w, then the optimizer's step

    The learning rate stands in the decay too, so a schedule slows both. Under SGD without momentum it is L2 of the same
    strength; under Adam and its like it is not: there, L2 is divided by the gradients' size with the rest. Before
    "adam" it makes AdamW.
    Source: Loshchilov & Hutter, 2019, "Decoupled weight decay regularization".
    """

    moves_weights = True

    kind: Literal["weight_decay"] = "weight_decay"
    strength: float = strength(1e-2, help="Share of each weight that is lost per step, times the learning rate.")

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """w *= 1 − lr · λ."""
        import torch

        values, _ = trained(weights)
        if values:
            torch._foreach_mul_(values, 1.0 - lr * self.strength)
