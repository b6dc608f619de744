"""Gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch


class Momentum(Optimizer):
    """A ball that rolls down: velocity is kept, so that steps agree along a valley and cancel across it.

        v = momentum · v + g
        w = w − lr · v

    Source: Polyak, 1964, "Some methods of speeding up the convergence of iteration methods".
    """

    state_copies = 1

    kind: Literal["momentum"] = "momentum"
    momentum: float = fraction(0.9, help="Share of the velocity that is kept from step to step.")

    def build(self, params: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """``torch.optim.SGD`` with momentum and no dampening."""
        import torch

        return torch.optim.SGD(params, lr=self.lr, momentum=self.momentum, foreach=True)
