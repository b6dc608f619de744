"""Lion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, weight_decay
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Lion(Optimizer):
    """Every weight moves by the same length; only the direction is learned. Half of Adam's memory; use a third of its rate.

        c = β₁ · m + (1 − β₁) · g
        w = w − lr · (sign(c) + λ · w)
        m = β₂ · m + (1 − β₂) · g

    Likes large batches, and a decay three to ten times that of AdamW.
    Source: Chen et al., 2023, "Symbolic discovery of optimization algorithms", algorithm 2; the defaults are the paper's.
    """

    state_copies = 1

    kind: Literal["lion"] = "lion"
    lr: float = learning_rate(1e-4)
    beta1: float = fraction(0.9, title="β₁", help="Share of the average in the direction of a step.")
    beta2: float = fraction(0.99, title="β₂", help="Share of the gradient's running average that is kept.")
    weight_decay: float = weight_decay(0.0)

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``dlcore.updates``' own: torch has none."""
        from dlcore.updates.lion import Lion as Update

        return Update(params, lr=self.lr, beta1=self.beta1, beta2=self.beta2, weight_decay=self.weight_decay)
