"""What training makes small, one loss in one file."""

from typing import TYPE_CHECKING

from dlcore.losses.loss import Loss
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = any_of("dlcore.losses", Loss)

__all__ = ["AnyLoss", "Loss"]
