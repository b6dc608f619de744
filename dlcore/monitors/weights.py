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
        self._kept = [
            torch.empty_like(weight) for weight in self.weights
        ]  # memory made anew each time costs more than the copy
        self._gradients: Sequence[torch.Tensor] = []

    @torch.no_grad()
    def before_step(self) -> None:
        """Keep a copy of the weights, and measure the loss's gradients, before regularisers add to them or cut them."""
        torch._foreach_copy_(self._kept, self.weights)  # type: ignore[arg-type]
        self._gradients = norms([w.grad if w.grad is not None else torch.zeros_like(w) for w in self.weights])

    @torch.no_grad()
    def after_step(self) -> torch.Tensor:
        """A value for each of ``keys``, on the device."""
        sizes = torch.stack(list(norms(self._kept)))
        torch._foreach_sub_(self._kept, self.weights)  # type: ignore[arg-type]
        changes = torch.stack(list(norms(self._kept)))
        return torch.cat([changes / sizes.clamp_min(1e-30), torch.stack(list(self._gradients)), sizes])


def norms(tensors: Sequence[torch.Tensor]) -> Sequence[torch.Tensor]:
    """The Euclidean norm of each tensor."""
    return torch._foreach_norm(list(tensors))
