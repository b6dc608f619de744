"""Moons."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.generated import Generated


class Moons(Generated):
    """Two half circles that reach into each other: the smallest task that a line cannot solve well."""

    kind: Literal["moons"] = "moons"

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """The upper half circle, or the lower one shifted into it."""
        angle = np.pi * positions
        if label == 0:
            return np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
