"""Dead and saturated units."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

SATURATED_FROM = 4.0  # tanh(4) = 0.9993, σ(4) = 0.982: the derivative is nearly gone


class ActivationMonitor:
    """The share of dead units of each ReLU and of saturated units of each tanh and sigmoid, over one batch.

    A ReLU's unit is dead when it is 0 for every example of the batch (a channel of pictures: at every position as well);
    leaky ones and those that are smooth have no such units. A unit of tanh or sigmoid is saturated when its input is
    beyond ±4.
    """

    def __init__(self, model: nn.Module) -> None:
        watched = {
            name: module for name, module in model.named_modules() if isinstance(module, nn.ReLU | nn.Tanh | nn.Sigmoid)
        }
        self.modules = list(watched.values())
        self.keys = [f"{'dead' if isinstance(m, nn.ReLU) else 'saturated'}/{name}" for name, m in watched.items()]
        self._values: dict[nn.Module, torch.Tensor] = {}
        self._handles: list[Any] = []

    def attach(self) -> None:
        """Watch the next forward pass."""
        self._values = {}
        self._handles = [module.register_forward_hook(self._measure) for module in self.modules]

    def detach(self) -> torch.Tensor:
        """Stop watching; a value for each of ``keys``, on the device. NaN where the batch did not come by."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        skipped = [module for module in self.modules if module not in self._values]
        if skipped:
            nothing = next(iter(self._values.values()), torch.zeros(())).new_full((), torch.nan)
            self._values.update(dict.fromkeys(skipped, nothing))
        return torch.stack([self._values[module] for module in self.modules])

    @torch.no_grad()
    def _measure(self, module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        if isinstance(module, nn.ReLU):
            others = [dimension for dimension in range(output.ndim) if dimension != 1]
            self._values[module] = (output.amax(others) <= 0).float().mean()
        else:
            self._values[module] = (inputs[0].detach().abs() > SATURATED_FROM).float().mean()
