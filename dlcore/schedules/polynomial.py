"""Polynomial decay."""

from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule, done


class Polynomial(Schedule):
    """The learning rate falls to its end, in a straight line or along a power of what is left. Common for fine-tuning.

        multiplier(e) = end + (1 − end) · (1 − e / E)^power         e of E epochs

    Source: the "poly" policy of Caffe; Chen et al., 2017, "DeepLab", for segmentation with power 0.9.
    """

    label = "Polynomial decay"

    kind: Literal["polynomial"] = "polynomial"
    power: float = number(1.0, above=0.0, high=10.0, title="Power", help="1 is a straight line; more falls earlier.")
    end: float = number(0.0, low=0.0, high=1.0, title="End", help="Share of the learning rate at the end of the run.")

    def multiplier(self, epoch: float, epochs: float) -> float:
        """end + (1 − end) · (1 − epoch / epochs)^power."""
        return self.end + (1.0 - self.end) * (1.0 - done(epoch, epochs)) ** self.power
