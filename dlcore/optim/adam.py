"""Adam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Adam(Optimizer):
    """Momentum, with steps scaled for each weight by its gradients' size. The safe first choice for almost anything.

        m = β₁·m + (1 − β₁)·g;      m̂ = m / (1 − β₁ᵗ)
        v = β₂·v + (1 − β₂)·g²;     v̂ = v / (1 − β₂ᵗ)
        w = w − lr · m̂ / (√v̂ + ε)         t counts from 1

    m and v start at 0; the division corrects for it, so that the first step is as long as the learning rate.
    Source: Kingma & Ba, 2015, "Adam: a method for stochastic optimization"; the defaults are the paper's.
    """

    state_copies = 2

    kind: Literal["adam"] = "adam"
    lr: float = learning_rate(1e-3)
    beta1: float = fraction(0.9, title="β₁", help="Share of the gradient's running average that is kept.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.Adam``."""
        import torch

        return torch.optim.Adam(params, lr=self.lr, betas=(self.beta1, self.beta2), eps=self.eps, fused=True)
