"""AdamW that averages weights instead of following a schedule."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.updates.update import State, Update, kept


class ScheduleFreeAdamW(Update):
    """The weights are y while it trains; ``eval`` puts the average x in their place, ``train`` puts y back, bit for bit.

    x is not kept: y = (1 − β₁)·z + β₁·x gives it. So its step, put into y, reads
    y = (1 − c)·y + c·z − γ·(1 − β₁·(1 − c))·d, with z before the step and d = g / (√v + ε) + λ·y.
    """

    def __init__(
        self, params: ParamsT, *, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
    ) -> None:
        defaults = {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """x and z where the weight is."""
        return {"z": weight.clone(), "v": torch.zeros_like(weight), "steps": 0, "rates": 0.0}

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step. Raises RuntimeError when the average is in the weights' place."""
        if "y" in states[0]:
            raise RuntimeError("The weights are the average; call train() before the next step.")
        z, v, beta1, beta2 = kept(states, "z"), kept(states, "v"), group["beta1"], group["beta2"]
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, gradients, gradients, value=1 - beta2)
        size = torch._foreach_sqrt(v)
        torch._foreach_add_(size, group["eps"])
        direction = torch._foreach_div(gradients, size)
        if group["weight_decay"]:
            torch._foreach_add_(direction, weights, alpha=group["weight_decay"])
        rates, shares = self.advance(group, states)
        torch._foreach_mul_(weights, [1 - c for c in shares])
        torch._foreach_add_(weights, torch._foreach_mul(z, shares))
        torch._foreach_mul_(direction, [-rate for rate in rates])
        torch._foreach_add_(z, direction)
        torch._foreach_mul_(direction, [1 - beta1 * (1 - c) for c in shares])
        torch._foreach_add_(weights, direction)

    def advance(self, group: dict[str, Any], states: list[State]) -> tuple[list[float], list[float]]:
        """γ and c of this step, for each parameter."""
        rates, shares = [], []
        for state in states:
            state["steps"] += 1
            rate = group["lr"] * math.sqrt(1 - group["beta2"] ** state["steps"])
            state["rates"] += rate**2
            rates.append(rate)
            shares.append(rate**2 / state["rates"] if state["rates"] else 0.0)  # a warm-up may begin at 0
        return rates, shares

    @torch.no_grad()
    def eval(self) -> None:
        """Put the average x in the weights' place; y is kept aside."""
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state.get(weight)
                if state and "y" not in state:
                    state["y"] = weight.clone()
                    weight.lerp_(state["z"], 1 - 1 / group["beta1"])

    @torch.no_grad()
    def train(self) -> None:
        """Put y back."""
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state.get(weight)
                if state and "y" in state:
                    weight.copy_(state.pop("y"))

    @torch.no_grad()
    def settle(self) -> None:
        """Make the weights as they are now the average x."""
        for weight, state in self.state.items():
            state["z"].copy_(weight)
