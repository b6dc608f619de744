"""Adam without bias correction."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.updates.update import State, Update, kept


class AdamUncorrected(Update):
    """m = β₁·m + (1 − β₁)·g;  v = β₂·v + (1 − β₂)·g²;  w = w − lr·m / (√v + ε)."""

    def __init__(self, params: ParamsT, *, lr: float, beta1: float, beta2: float, eps: float) -> None:
        super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps})

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """Both averages at zero."""
        return {"m": torch.zeros_like(weight), "v": torch.zeros_like(weight)}

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step."""
        m, v = kept(states, "m"), kept(states, "v")
        torch._foreach_mul_(m, group["beta1"])
        torch._foreach_add_(m, gradients, alpha=1 - group["beta1"])
        torch._foreach_mul_(v, group["beta2"])
        torch._foreach_addcmul_(v, gradients, gradients, value=1 - group["beta2"])
        size = torch._foreach_sqrt(v)
        torch._foreach_add_(size, group["eps"])
        torch._foreach_addcdiv_(weights, m, size, value=-group["lr"])
