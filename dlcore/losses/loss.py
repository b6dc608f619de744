"""What a loss declares: scores and targets to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.part import Part

if TYPE_CHECKING:
    from torch import nn


class Loss(Part):
    """What training makes small: always the mean over the batch, so that its size does not follow the batch's."""

    family = "loss"

    tasks: ClassVar[tuple[str, ...]] = ("classification",)
    """What it is for: "classification" (labels (batch,), whole numbers), "regression" (numbers (batch, outputs)),
    "multilabel" (0 or 1 for each attribute, (batch, outputs))."""

    gives_probabilities: ClassVar[bool] = False
    """Whether the softmax of the scores (multilabel: the sigmoid of each) is what the model believes of the answers."""

    def build(self) -> nn.Module:
        """A module: (scores (batch, outputs), targets) -> mean loss, a scalar."""
        raise TypeError(f"{type(self).__name__} does not say how it is built")

    def initial(self, outputs: int) -> float | None:
        """The value expected at the start with small weights, e.g. ln C for softmax; None when there is no such rule."""
        return None
