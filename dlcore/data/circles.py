"""Circles."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.generated import Generated


class Circles(Generated):
    """A circle inside another."""

    kind: Literal["circles"] = "circles"

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Radius 1 outside, 0.5 inside."""
        angle, radius = 2 * np.pi * positions, 1.0 if label == 0 else 0.5
        return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
