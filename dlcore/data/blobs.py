"""Blobs."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.generated import Generated
from dlcore.fields import count, number


class Blobs(Generated):
    """Round clouds in a ring, one for each class: lines part them, as far as they do not run into each other."""

    kind: Literal["blobs"] = "blobs"
    centers: int = count(3, low=2, high=20, help="How many clouds, each a class.")
    noise: float = number(0.2, low=0.0, high=5.0, help="Standard deviation of a cloud; the ring has the radius 1.")

    @property
    def classes(self) -> int:
        """``centers``."""
        return self.centers

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """All at the middle of the class's cloud."""
        angle = 2 * np.pi * label / self.centers
        return np.tile([np.cos(angle), np.sin(angle)], (len(positions), 1))
