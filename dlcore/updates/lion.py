"""Lion."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.updates.update import State, Update, kept


class Lion(Update):
    """c = β₁·m + (1 − β₁)·g;  w = w − lr·(sign(c) + λ·w);  m = β₂·m + (1 − β₂)·g."""

    def __init__(self, params: ParamsT, *, lr: float, beta1: float, beta2: float, weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2, "weight_decay": weight_decay})

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """The average at zero."""
        return {"m": torch.zeros_like(weight)}

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step."""
        m = kept(states, "m")
        direction = torch._foreach_mul(m, group["beta1"])
        torch._foreach_add_(direction, gradients, alpha=1 - group["beta1"])
        torch._foreach_sign_(direction)
        torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
        torch._foreach_add_(weights, direction, alpha=-group["lr"])
        torch._foreach_mul_(m, group["beta2"])
        torch._foreach_add_(m, gradients, alpha=1 - group["beta2"])
