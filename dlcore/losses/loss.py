"""What a loss declares: scores and labels to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcore.part import Part

if TYPE_CHECKING:
    from torch import nn


class Loss(Part):
    """What training makes small."""

    family = "loss"

    def build(self) -> nn.Module:
        """A module: (scores (batch, classes), labels (batch,)) -> mean loss, a scalar."""
        raise TypeError(f"{type(self).__name__} does not say how it is built")

    def initial(self, classes: int) -> float | None:
        """The value expected at the start with small weights, e.g. ln C for softmax; None when there is no such rule."""
        return None
