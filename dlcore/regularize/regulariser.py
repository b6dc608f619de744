"""What a regulariser declares: what it adds to the gradients before a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch


class Regulariser(Part):
    """A cost on the weights (never on biases or batch normalisation's scale and shift)."""

    family = "regularisation"

    def before_step(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """Add the cost's gradient to ``weight.grad`` of each weight, in place."""

    def penalty(self, weights: Sequence[torch.nn.Parameter]) -> torch.Tensor:
        """The cost itself, a scalar tensor."""
        raise TypeError(f"{type(self).__name__} does not say its penalty")
