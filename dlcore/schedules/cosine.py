"""Cosine decay."""

import math
from typing import Literal

from dlcore.fields import number
from dlcore.schedules.schedule import Schedule, done


class Cosine(Schedule):
    """The learning rate follows half a wave down: slow, fast, slow. A good first choice when the length of the run is known.

        multiplier(e) = end + (1 − end) · ½ · (1 + cos(π · e / E))         e of E epochs

    Source: Loshchilov & Hutter, 2017, "SGDR: stochastic gradient descent with warm restarts", without the restarts.
    """

    label = "Cosine decay"

    kind: Literal["cosine"] = "cosine"
    end: float = number(0.0, low=0.0, high=1.0, title="End", help="Share of the learning rate at the end of the run.")

    def multiplier(self, epoch: float, epochs: float) -> float:
        """end + (1 − end) · ½ · (1 + cos(π · epoch / epochs))."""
        return self.end + (1.0 - self.end) * 0.5 * (1.0 + math.cos(math.pi * done(epoch, epochs)))
