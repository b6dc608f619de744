"""Exponential decay."""

import math
from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule


class Exponential(Schedule):
    """The learning rate shrinks by the same share all the time. Smooth, and forgiving for long runs.

        multiplier(e) = exp(−k · e)         e in epochs, fractions of an epoch count

    k = 0.0513 is 0.95 an epoch. The unit is the epoch, not the step.
    """

    label = "Exponential decay"

    kind: Literal["exponential"] = "exponential"
    k: float = number(0.05, low=0.0, high=100.0, scale="log", title="Rate k", help="Decay per epoch.")

    def multiplier(self, epoch: float, epochs: float) -> float:
        """exp(−k · epoch)."""
        return math.exp(-self.k * epoch)
