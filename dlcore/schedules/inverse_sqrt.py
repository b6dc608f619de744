"""k/√t decay."""

import math
from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule


class InverseSqrt(Schedule):
    """The learning rate shrinks as one over the root of the time: gentler than 1/t. Usual for transformers, after a warm-up.

        multiplier(e) = k / √(e + 1)         e in epochs: with k = 1 the epochs begin at 1, 0.707, 0.577, 0.5

    k/√n, with n the epoch's number counted from 1, so that it is finite from the start.
    Source: Zinkevich, 2003, "Online convex programming and generalized infinitesimal gradient ascent".
    """

    label = "k/√t decay"

    kind: Literal["inverse_sqrt"] = "inverse_sqrt"
    k: float = number(
        1.0,
        above=0.0,
        high=1e4,
        scale="log",
        title="Factor k",
        help="What the learning rate is multiplied by at first.",
    )

    def multiplier(self, epoch: float, epochs: float) -> float:
        """k / √(epoch + 1)."""
        return self.k / math.sqrt(epoch + 1.0)
