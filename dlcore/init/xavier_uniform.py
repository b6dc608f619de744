"""Glorot's uniform initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class XavierUniform(Initialiser):
    """U(−a, a) with a = √(6 / (n_in + n_out)), for tanh and sigmoid.

    Its variance a²/3 is that of Xavier normal; the variant by n_in alone is "LeCun uniform".
    Source: Glorot & Bengio, 2010, "Understanding the difficulty of training deep feedforward neural networks".
    """

    label = "Xavier uniform"

    kind: Literal["xavier_uniform"] = "xavier_uniform"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """limit = √(6 / (n_in + n_out))."""
        limit = math.sqrt(6.0 / (fan_in + fan_out))
        weight.uniform_(-limit, limit, generator=generator)
