"""1/t decay."""

from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule


class InverseTime(Schedule):
    """The learning rate shrinks as one over the time: fast first, then ever more slowly. The classic for plain SGD.

        multiplier(e) = 1 / (1 + k · e)         e in epochs: with k = 1 and 0.2 it reads 0.2, 0.1, 0.0667, 0.05, 0.04

    Source: Robbins & Monro, 1951, whose condition on the steps it meets.
    """

    label = "1/t decay"

    kind: Literal["inverse_time", "1/t"] = "inverse_time"
    k: float = number(1.0, low=0.0, high=1e4, scale="log", title="Rate k", help="Decay per epoch.")

    def multiplier(self, epoch: float, epochs: float) -> float:
        """1 / (1 + k · epoch)."""
        return 1.0 / (1.0 + self.k * epoch)
