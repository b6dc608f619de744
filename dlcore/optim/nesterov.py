"""Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch


class Nesterov(Optimizer):
    """Momentum that looks ahead: the gradient is taken where the velocity leads.

        v = momentum · v + g
        w = w − lr · (g + momentum · v)

    This is torch's form, in the shifted variable w + momentum·v, whose gradient is at hand. Momentum 0 is plain SGD.
    Source: Nesterov, 1983; Sutskever et al., 2013, "On the importance of initialization and momentum in deep learning".
    """

    label = "Nesterov momentum"
    state_copies = 1

    kind: Literal["nesterov"] = "nesterov"
    momentum: float = fraction(0.9, help="Share of the velocity that is kept from step to step.")

    def build(self, params: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """``torch.optim.SGD`` with ``nesterov=True``."""
        import torch

        nesterov = self.momentum > 0
        return torch.optim.SGD(params, lr=self.lr, momentum=self.momentum, nesterov=nesterov, foreach=True)
