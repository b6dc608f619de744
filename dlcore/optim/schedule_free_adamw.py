"""Schedule-free AdamW."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, number, small, weight_decay
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages the weights instead of lowering the learning rate. For runs whose length is not known.

        y = (1 − β₁) · z + β₁ · x                   the gradient g is taken at y
        v = β₂ · v + (1 − β₂) · g²;     γ = lr · √(1 − β₂ᵗ)
        z = z − γ · g / (√v + ε) − γ · λ · y
        x = (1 − c) · x + c · z,        c = γ² / Σγ²

    It trains at y and is evaluated at the average x: curves of validation, test results and checkpoints show x.
    Leave the schedule constant; a warm-up helps. Batch normalisation's running statistics are those of y.
    Source: Defazio et al., 2024, "The road less scheduled", algorithm 1.
    """

    label = "Schedule-free AdamW"
    state_copies = 2

    kind: Literal["schedule_free_adamw"] = "schedule_free_adamw"
    lr: float = learning_rate(2.5e-3)
    beta1: float = number(0.9, above=0.0, below=1.0, title="β₁", help="How near to the average the gradient is taken.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")
    weight_decay: float = weight_decay(0.0)

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``dlcore.updates``' own: torch has none."""
        from dlcore.updates.schedule_free_adamw import ScheduleFreeAdamW as Update

        return Update(
            params, lr=self.lr, beta1=self.beta1, beta2=self.beta2, eps=self.eps, weight_decay=self.weight_decay
        )
