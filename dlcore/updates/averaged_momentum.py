"""Momentum as a running average of gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.updates.update import State, Update, kept


class AveragedMomentum(Update):
    """v = ρ·v + (1 − ρ)·g;  w = w − lr·v,  with v = 0 at the start.

    ``torch.optim.SGD`` with dampening takes the first gradient whole: its first step is 1 / (1 − ρ) times as long.
    """

    def __init__(self, params: ParamsT, *, lr: float, momentum: float) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """No velocity."""
        return {"velocity": torch.zeros_like(weight)}

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step."""
        velocity = kept(states, "velocity")
        torch._foreach_mul_(velocity, group["momentum"])
        torch._foreach_add_(velocity, gradients, alpha=1 - group["momentum"])
        torch._foreach_add_(weights, velocity, alpha=-group["lr"])
