"""Adadelta."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Adadelta(Optimizer):
    """Finds the length of its steps by itself, from the steps before. For when no learning rate is known.

        s = ρ · s + (1 − ρ) · g²
        Δ = −√(u + ε) / √(s + ε) · g
        u = ρ · u + (1 − ρ) · Δ²
        w = w + lr · Δ              lr 1 is the published rule

    It starts slowly: u is 0, so ε alone sets the first steps.
    Source: Zeiler, 2012, "ADADELTA: an adaptive learning rate method"; the defaults are the paper's.
    """

    state_copies = 2

    kind: Literal["adadelta"] = "adadelta"
    lr: float = learning_rate(1.0, help="What the steps it finds are multiplied by; 1 is the published rule.")
    rho: float = fraction(0.95, title="ρ", help="Share of both running averages that is kept.")
    eps: float = small(1e-6, title="ε", help="Keeps the division finite, and starts the steps.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.Adadelta``."""
        import torch

        return torch.optim.Adadelta(params, lr=self.lr, rho=self.rho, eps=self.eps, foreach=True)
