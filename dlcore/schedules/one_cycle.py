"""One cycle."""

from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule, done


class OneCycle(Schedule):
    """The learning rate rises to its full value, then falls below where it began. For short runs at a high learning rate.

        p = e / E, the share of the run that is behind; e of E epochs
        multiplier(e) = start + (1 − start) · p / rise                   while p < rise
                        1 − (1 − end) · (p − rise) / (1 − rise)          then

    The optimizer's learning rate is the highest. Momentum is left alone; the paper moves it against the learning rate.
    Source: Smith & Topin, 2018, "Super-convergence: very fast training of neural networks using large learning rates".
    """

    label = "One cycle"

    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = number(0.3, above=0.0, below=1.0, title="Rise", help="Share of the run in which it rises.")
    start: float = number(0.04, low=0.0, high=1.0, title="Start", help="Share of the learning rate where it begins.")
    end: float = number(4e-4, low=0.0, high=1.0, title="End", help="Share of the learning rate where it ends.")

    def multiplier(self, epoch: float, epochs: float) -> float:
        """Two straight lines."""
        behind = done(epoch, epochs)
        if behind < self.rise:
            return self.start + (1.0 - self.start) * behind / self.rise
        return 1.0 - (1.0 - self.end) * (behind - self.rise) / (1.0 - self.rise)
