"""Adam with Nesterov's momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, number, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead. Often a little quicker than Adam at the start of a run.

        m, v, v̂ as in Adam;     μ(t) = β₁ · (1 − ½ · 0.96^(t·ψ));     Π(t) = μ(1) · … · μ(t)
        w = w − lr / (√v̂ + ε) · [(1 − μ(t)) / (1 − Π(t)) · g + μ(t+1) / (1 − Π(t+1)) · m]

    Source: Dozat, 2016, "Incorporating Nesterov momentum into Adam"; 0.96 and ψ are from its reference run.
    """

    state_copies = 2

    kind: Literal["nadam"] = "nadam"
    lr: float = learning_rate(2e-3)
    beta1: float = fraction(0.9, title="β₁", help="Share of the gradient's running average that is kept.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")
    momentum_decay: float = number(
        4e-3, low=0.0, high=1.0, title="ψ", help="How quickly the look ahead grows from a half to the whole of β₁."
    )

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.NAdam``."""
        import torch

        return torch.optim.NAdam(
            params,
            lr=self.lr,
            betas=(self.beta1, self.beta2),
            eps=self.eps,
            momentum_decay=self.momentum_decay,
            foreach=True,
        )
