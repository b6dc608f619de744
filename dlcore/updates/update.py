"""What our own torch optimizers share: which parameters move, and the state that each starts with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

State = dict[str, Any]


class Update(torch.optim.Optimizer):
    """A torch optimizer that says the state a parameter starts with, and how the parameters of a group move, all at once."""

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """The state of ``weight`` before its first step."""
        raise TypeError(f"{type(self).__name__} does not say its state")

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step of a group, in place."""
        raise TypeError(f"{type(self).__name__} does not say how weights move")

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                if not self.state[weight]:
                    self.state[weight].update(self.start(weight, group))
            if weights:
                self.move(group, weights, [w.grad for w in weights], [self.state[w] for w in weights])
        return loss


def kept(states: list[State], name: str) -> list[Any]:
    """What every state keeps under ``name``."""
    return [state[name] for state in states]
