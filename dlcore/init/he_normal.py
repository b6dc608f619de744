"""He's normal initialisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class HeNormal(Initialiser):
    """N(0, std²) with std = √(2 / n_in), for ReLU.

    Source: He et al., 2015, "Delving deep into rectifiers".
    """

    label = "He normal"

    kind: Literal["he_normal"] = "he_normal"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """std = √(2 / n_in)."""
        weight.normal_(0.0, math.sqrt(2.0 / fan_in), generator=generator)
