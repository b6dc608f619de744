"""What an optimizer declares: its hyper-parameters and torch's object for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.fields import learning_rate
from dlcore.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    import torch


class Optimizer(Part):
    """How weights move along their gradients. Every optimizer has a learning rate, which the schedule multiplies."""

    family = "optimizer"
    state_copies: ClassVar[int] = 0
    """How many numbers it keeps for each parameter."""

    lr: float = learning_rate(1e-2)

    def build(self, params: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """The torch optimizer over ``params``."""
        raise TypeError(f"{type(self).__name__} does not say how it is built")
