"""Small random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class Small(Initialiser):
    """deviation · N(0, 1), whatever the layer's size: fine for shallow networks, dies out in deep ones.

    With it the first softmax loss is ln C: 2.303 for 10 classes.
    """

    label = "Small random"

    kind: Literal["small"] = "small"
    deviation: float = number(0.01, low=0.0, high=10.0, scale="log", help="Standard deviation of the weights.")

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """std = deviation."""
        weight.normal_(0.0, self.deviation, generator=generator)
