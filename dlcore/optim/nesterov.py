"""Nesterov's momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Nesterov(Optimizer):
    """Momentum that looks ahead before it steps, so it overshoots less. Worth a try wherever momentum works.

        v = ρ · v − lr · gradient(w + ρ · v)
        w = w + v

    Weights are kept in the shifted variable w + ρ·v, whose gradient is at hand; there a step reads, with v in units of lr:

        v = ρ · v + g
        w = w − lr · (g + ρ · v)

    Momentum 0 is plain SGD.
    Source: Nesterov, 1983; Sutskever et al., 2013, "On the importance of initialization and momentum in deep learning".
    """

    label = "Nesterov momentum"
    state_copies = 1

    kind: Literal["nesterov"] = "nesterov"
    momentum: float = fraction(0.9, title="Momentum ρ", help="Share of the velocity that is kept from step to step.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.SGD`` with ``nesterov=True``."""
        import torch

        nesterov = self.momentum > 0
        return torch.optim.SGD(params, lr=self.lr, momentum=self.momentum, nesterov=nesterov, fused=True)
