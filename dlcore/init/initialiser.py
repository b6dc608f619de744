"""What an initialiser declares: the weights that a layer starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.part import Part

if TYPE_CHECKING:
    import torch


class Initialiser(Part):
    """A rule for the first weights. Biases start at 0; batch normalisation keeps its own (scale 1, shift 0)."""

    family = "initialisation"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """Fill ``weight`` in place, drawing from ``generator``."""
        raise TypeError(f"{type(self).__name__} does not say how it fills weights")
