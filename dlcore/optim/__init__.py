"""How weights move, one optimizer in one file."""

from typing import TYPE_CHECKING

from dlcore.optim.optimizer import Optimizer
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyOptimizer = Optimizer
else:
    AnyOptimizer = any_of("dlcore.optim", Optimizer)

__all__ = ["AnyOptimizer", "Optimizer"]
