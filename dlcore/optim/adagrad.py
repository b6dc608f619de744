"""AdaGrad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class AdaGrad(Optimizer):
    """Steps that shrink where gradients have been large. For sparse features; on deep networks it stalls early.

        s = s + g²
        w = w − lr · g / (√s + ε)

    The sum only grows, so the steps only shrink; RMSProp mends that.
    Source: Duchi, Hazan & Singer, 2011, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 12.
    """

    label = "AdaGrad"
    state_copies = 1

    kind: Literal["adagrad"] = "adagrad"
    lr: float = learning_rate(1e-2)
    eps: float = small(1e-7, title="ε", help="Keeps the division finite.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.Adagrad``."""
        import torch

        return torch.optim.Adagrad(params, lr=self.lr, eps=self.eps, fused=True)
