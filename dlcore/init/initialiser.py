"""What an initialiser declares: the weights that a layer starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.fields import number
from dlcore.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from torch import nn


class Initialiser(Part):
    """A rule for the first weights. Batch normalisation keeps its own (scale 1, shift 0)."""

    family = "initialisation"

    bias: float = number(
        0.0, low=-10.0, high=10.0, help="What every bias starts from; 0.01 lets each ReLU fire at first, 0 is usual."
    )

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """Fill ``weight``, (units, *what one unit sums), in place, drawing from ``generator``.

        fan_in: how many numbers a unit sums; fan_out: how many units see a number.
        """
        raise TypeError(f"{type(self).__name__} does not say how it fills weights")

    def calibrate(self, model: nn.Module, layers: Sequence[nn.Module], batch: torch.Tensor | None) -> None:
        """Adjust the filled ``layers`` of ``model`` to a first batch of training inputs. Most rules look at no data."""
