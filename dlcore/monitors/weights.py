"""Update ratios, gradient norms and weight norms."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


def trained_weights(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights proper, by name: not biases, nor batch normalisation's scale and shift."""
    return {name: p for name, p in model.named_parameters() if p.ndim >= 2 and p.requires_grad}


class WeightMonitor:
    """‖ΔW‖/‖W‖, ‖g‖ and ‖W‖ of each weight, of the update as it was really made (momentum, decay and all)."""

    def __init__(self, weights: dict[str, nn.Parameter]) -> None:
        self.weights = list(weights.values())
        self.keys = [f"{what}/{name}" for what in ("update_ratio", "gradient_norm", "weight_norm") for name in weights]
        self._before: list[torch.Tensor] = []
        self._gradients: Sequence[torch.Tensor] = []

    @torch.no_grad()
    def before_step(self) -> None:
        """Keep a copy of the weights, and measure the gradients that the step will use."""
        self._before = [weight.clone() for weight in self.weights]
        self._gradients = norms([w.grad if w.grad is not None else torch.zeros_like(w) for w in self.weights])

    @torch.no_grad()
    def after_step(self) -> torch.Tensor:
        """A value for each of ``keys``, on the device."""
        sizes = norms(self._before)
        changes = norms(torch._foreach_sub(self.weights, self._before))  # type: ignore[arg-type]
        ratios = torch.stack(list(changes)) / torch.stack(list(sizes)).clamp_min(1e-30)
        self._before = []
        return torch.cat([ratios, torch.stack(list(self._gradients)), torch.stack(list(sizes))])


def norms(tensors: Sequence[torch.Tensor]) -> Sequence[torch.Tensor]:
    """The Euclidean norm of each tensor."""
    return torch._foreach_norm(list(tensors))
