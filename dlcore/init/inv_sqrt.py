"""LeCun's normal initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class InvSqrt(Initialiser):
    """N(0, 1) / √n_in: sums keep the variance of what they sum; for SELU, tanh and linear layers.

    Var(Σ w x) = n_in · Var(w) · Var(x), so Var(w) = 1/n_in. Also known as Xavier's rule by n_in alone.
    Source: LeCun, Bottou, Orr & Müller, 1998, "Efficient BackProp".
    """

    label = "1/√n (LeCun normal)"

    kind: Literal["inv_sqrt", "lecun_normal"] = "inv_sqrt"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """std = √(1 / n_in)."""
        weight.normal_(0.0, math.sqrt(1.0 / fan_in), generator=generator)
