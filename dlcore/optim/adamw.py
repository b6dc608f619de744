"""Adam with decoupled weight decay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import fraction, learning_rate, small, weight_decay
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class AdamW(Optimizer):
    """Adam that also shrinks the weights a little at each step. For large networks and transformers, mostly with a cosine.

        w = w − lr · λ · w
        w = w − lr · m̂ / (√v̂ + ε)         m̂, v̂ as in Adam

    The decay does not pass through Adam's scaling, so it is not the same as L2 with Adam, which hardly shrinks weights of large gradients.
    As published it acts on every parameter, biases included.
    Source: Loshchilov & Hutter, 2019, "Decoupled weight decay regularization", algorithm 2, λ in units of the learning rate.
    """

    label = "AdamW"
    state_copies = 2

    kind: Literal["adamw"] = "adamw"
    lr: float = learning_rate(1e-3)
    beta1: float = fraction(0.9, title="β₁", help="Share of the gradient's running average that is kept.")
    beta2: float = fraction(0.999, title="β₂", help="Share of the squared gradient's running average that is kept.")
    eps: float = small(1e-8, title="ε", help="Keeps the division finite.")
    weight_decay: float = weight_decay(1e-2)

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.AdamW``."""
        import torch

        return torch.optim.AdamW(
            params,
            lr=self.lr,
            betas=(self.beta1, self.beta2),
            eps=self.eps,
            weight_decay=self.weight_decay,
            fused=True,
        )
