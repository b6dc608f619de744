"""Exclusive or."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.generated import Generated
from dlcore.fields import number

GOLDEN = (5**0.5 - 1) / 2  # its multiples fill an interval evenly


class Xor(Generated):
    """Four squares, opposite ones of one class: x·y > 0 or not. No line can part them; a layer of two units can.

    Source: Minsky & Papert, 1969, "Perceptrons"; Rumelhart, Hinton & Williams, 1986, "Learning internal representations by
    error propagation".
    """

    label = "XOR"

    kind: Literal["xor"] = "xor"
    noise: float = number(0.05, low=0.0, high=5.0, help="Standard deviation of what is added to each point.")

    def curve(self, label: int, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evenly over the two squares of the class, 0.1 to 1 away from both axes; class 1 is where the signs differ."""
        numbers = np.arange(len(positions))
        across, up = 0.1 + 0.9 * positions, 0.1 + 0.9 * (numbers * GOLDEN % 1.0)
        side = np.where(numbers % 2 == 0, 1.0, -1.0)
        return np.stack([side * across, side * up * (1.0 if label == 0 else -1.0)], axis=1)
