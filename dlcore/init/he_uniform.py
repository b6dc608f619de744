"""He's uniform initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class HeUniform(Initialiser):
    """U(−a, a) with a = √(6 / n_in), for ReLU.

    Source: He et al., 2015, "Delving deep into rectifiers".
    """

    label = "He uniform"

    kind: Literal["he_uniform"] = "he_uniform"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """limit = √(6 / n_in)."""
        limit = math.sqrt(6.0 / fan_in)
        weight.uniform_(-limit, limit, generator=generator)
