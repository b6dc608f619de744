"""No change."""

from typing import Literal

from dlcore.schedules.schedule import Schedule


class Constant(Schedule):
    """The learning rate stays as it is. Look at such a run first, then choose a decay.

    multiplier(e) = 1
    """

    kind: Literal["constant"] = "constant"

    def multiplier(self, epoch: float, epochs: float) -> float:
        """1."""
        return 1.0
