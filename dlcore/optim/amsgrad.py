"""Adam with a second moment that never falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class AMSGrad(Optimizer):
    """Adam that never forgets a large gradient, so its steps cannot grow again. For when Adam gets restless late in a run.

        m, v as in Adam;     u = max(u, v)
        w = w − lr · m / (1 − β₁ᵗ) / (√u / √(1 − β₂ᵗ) + ε)

    The paper leaves Adam's corrections for the start at zero away; here they are made, as in Adam.
    Source: Reddi, Kale & Kumar, 2018, "On the convergence of Adam and beyond", algorithm 2.
    """

    label = "AMSGrad"
    state_copies = 3

    kind: Literal["amsgrad"] = "amsgrad"
    lr: float = learning_rate(1e-3)
    beta1: float = fraction(0.9, title="β₁", help="Share of the gradient's running average that is kept.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.Adam`` with ``amsgrad=True``."""
        import torch

        betas = (self.beta1, self.beta2)
        return torch.optim.Adam(params, lr=self.lr, betas=betas, eps=self.eps, amsgrad=True, fused=True)
