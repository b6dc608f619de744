"""Muon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, weight_decay
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Muon(Optimizer):
    """Steps that turn a weight matrix in all its directions alike. Good in few epochs; steps of wide layers take longer.

        v = ρ · v + g;     u = g + ρ · v                    (n_out × the rest, kernels flattened)
        X = u / (‖u‖ + 1e-7), the wide way round
        five times:  A = X·Xᵀ;  X = 3.4445·X + (−4.7750·A + 2.0315·A²)·X
        w = w − lr · λ · w − lr · √max(1, rows / columns) · X

    X comes near U·Vᵀ of the singular value decomposition U·S·Vᵀ of u: all singular values lie about 1.

    This rule moves every weight with two or more dimensions but the last one, which is the head (a network with a single such weight
    has it moved). All else – the head, biases, scale and shift of normalisation, slopes – is moved by AdamW with its own
    learning rate, β₁ = 0.9, β₂ = 0.95, ε = 1e-10 and the same λ. The iteration runs in the weights' own precision.
    Source: Jordan et al., 2024, "Muon: an optimizer for hidden layers in neural networks"; coefficients, steps and betas are theirs.
    """

    state_copies = 1

    kind: Literal["muon"] = "muon"
    lr: float = learning_rate(2e-2, help="Length of a step of the hidden weights.")
    momentum: float = fraction(0.95, title="Momentum ρ", help="Share of the velocity that is kept from step to step.")
    adamw_lr: float = learning_rate(3e-4, help="Length of a step of the head, biases and all else that AdamW moves.")
    weight_decay: float = weight_decay(0.0)

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``dlcore.updates``' own: torch's takes matrices only, and always iterates in bfloat16."""
        from dlcore.updates.muon import Muon as Update

        return Update(
            params, lr=self.lr, momentum=self.momentum, adamw_lr=self.adamw_lr, weight_decay=self.weight_decay
        )
