"""Adam without the correction for its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class AdamUncorrected(Optimizer):
    """Adam as it would be without its bias correction: the first steps are too long. To be seen beside Adam, not to be used.

        m = β₁·m + (1 − β₁)·g
        v = β₂·v + (1 − β₂)·g²
        w = w − lr · m / (√v + ε)

    m and v start at 0, and v stays too small for longer: the first step is (1 − β₁) / √(1 − β₂) = 3.16 times the learning rate.
    Source: the rule before section 3 of Kingma & Ba, 2015, "Adam: a method for stochastic optimization".
    """

    label = "Adam without bias correction"
    state_copies = 2

    kind: Literal["adam_uncorrected"] = "adam_uncorrected"
    lr: float = learning_rate(1e-3)
    beta1: float = fraction(0.9, title="β₁", help="Share of the gradient's running average that is kept.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-7, title="ε", help="Keeps the division finite.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``dlcore.updates``' own: torch has no such form."""
        from dlcore.updates.adam_uncorrected import AdamUncorrected as Update

        return Update(params, lr=self.lr, beta1=self.beta1, beta2=self.beta2, eps=self.eps)
