"""All weights zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class Zeros(Initialiser):
    """Every weight 0: all units of a layer stay alike, so hidden layers are of no use. Offered so that this can be seen.

    Units that are equal get equal gradients and never become different. Behind ReLU or tanh it is worse: the units give 0,
    the weights' gradients are 0, and only the last bias learns. Softmax regression, which has one layer, does not mind.
    """

    kind: Literal["zeros"] = "zeros"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """w = 0."""
        weight.zero_()
