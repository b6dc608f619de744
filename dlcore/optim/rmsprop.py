"""RMSProp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class RMSProp(Optimizer):
    """Steps divided by the recent size of the gradient. Good where gradients change a lot, as in recurrent networks.

        s = β · s + (1 − β) · g²
        w = w − lr · g / (√s + ε)

    s starts at 0 and is not corrected for it: the first step is 1 / √(1 − β) times the learning rate, 3.2 times for 0.9.
    Source: Tieleman & Hinton, 2012, "Neural networks for machine learning", lecture 6.5.
    """

    label = "RMSProp"
    state_copies = 1

    kind: Literal["rmsprop"] = "rmsprop"
    lr: float = learning_rate(1e-3)
    decay: float = fraction(
        0.9, title="Decay β", help="Share of the average that is kept; 0.9, 0.99 and 0.999 are usual."
    )
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.RMSprop``."""
        import torch

        return torch.optim.RMSprop(params, lr=self.lr, alpha=self.decay, eps=self.eps, foreach=True)
