"""Glorot's normal initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class XavierNormal(Initialiser):
    """N(0, std²) with std = √(2 / (n_in + n_out)), for tanh and sigmoid.

    A compromise between 1/n_in, which keeps the signal's variance (that is "1/√n"), and 1/n_out, which keeps the gradient's.
    Source: Glorot & Bengio, 2010, "Understanding the difficulty of training deep feedforward neural networks".
    """

    label = "Xavier normal"

    kind: Literal["xavier_normal"] = "xavier_normal"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """std = √(2 / (n_in + n_out))."""
        weight.normal_(0.0, math.sqrt(2.0 / (fan_in + fan_out)), generator=generator)
