"""What an optimizer declares: its hyper-parameters and torch's object for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.fields import learning_rate
from dlcore.part import Part

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Optimizer(Part):
    """How weights move along their gradients. Every optimizer has a learning rate, which the schedule multiplies."""

    family = "optimizer"
    state_copies: ClassVar[int] = 0
    """How many numbers it keeps for each parameter."""
    needs_closure: ClassVar[bool] = False
    """Whether a step evaluates the loss several times: then ``step`` is given a function that does, gradients included."""

    lr: float = learning_rate(1e-2)

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """The torch optimizer over ``params``: parameters, or groups of them such as {"params": [...], "lr": 0.001}."""
        raise TypeError(f"{type(self).__name__} does not say how it is built")

    def settings(self, epoch: float, epochs: int) -> dict[str, float]:
        """What changes in torch's parameter groups during the run, beside the learning rate; ``epoch`` counts from 0."""
        return {}
