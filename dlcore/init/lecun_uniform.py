"""LeCun's uniform initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class LeCunUniform(Initialiser):
    """U(−a, a) with a = √(3 / n_in): sums keep the variance of what they sum; for SELU, tanh and linear layers.

    The variance is a²/3 = 1/n_in. Also known as Xavier's uniform rule by n_in alone.
    Source: LeCun, Bottou, Orr & Müller, 1998, "Efficient BackProp".
    """

    label = "LeCun uniform"

    kind: Literal["lecun_uniform"] = "lecun_uniform"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """limit = √(3 / n_in)."""
        limit = math.sqrt(3.0 / fan_in)
        weight.uniform_(-limit, limit, generator=generator)
