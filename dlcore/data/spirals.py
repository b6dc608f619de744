"""Spirals."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.generated import Generated
from dlcore.fields import count


class Spirals(Generated):
    """Arms that wind around each other, one for each class: no line can part them.

    Source: after the two-spirals task of Lang & Witbrock, 1988, "Learning to tell two spirals apart".
    """

    kind: Literal["spirals"] = "spirals"
    arms: int = count(3, low=2, high=10, help="How many classes.")

    @property
    def classes(self) -> int:
        """``arms``."""
        return self.arms

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """An arm: the radius grows with the angle."""
        angle = 4.0 * positions + 2 * np.pi * label / self.arms
        radius = 0.1 + 2.4 * positions
        return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
