"""How noisy or smooth the first layer's filters are, as a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def filter_noise(filters: NDArray[np.floating]) -> float | None:
    """0 for smooth filters, 1 for white noise: Geary's contiguity ratio, the mean over the filters, at most 1.

    filters: (n, channels, height, width). For one filter w of N weights with mean m, and its P pairs of neighbours
    (side by side or one above the other, within a channel):

        ratio = [Σ_pairs (w_a − w_b)² / 2P] / [Σ (w − m)² / (N − 1)]

    Scale-free, and its expectation is exactly 1 when the weights could be shuffled without anybody noticing. A constant filter has 0.
    None where there are no neighbours (1 × 1 filters); NaN when a weight is not finite.
    Source: Geary, 1954, "The Contiguity Ratio and Statistical Mapping", The Incorporated Statistician 5.
    """
    height, width = filters.shape[2:]
    if height * width < 2 or not len(filters):
        return None
    weights = filters.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        down, across = np.diff(weights, axis=2), np.diff(weights, axis=3)
        pairs = down[0].size + across[0].size
        differences = ((down**2).sum((1, 2, 3)) + (across**2).sum((1, 2, 3))) / (2 * pairs)
        spread = weights.var((1, 2, 3), ddof=1)
        ratios = np.divide(differences, spread, out=np.zeros_like(spread), where=spread != 0)
        return min(1.0, float(ratios.mean())) if np.isfinite(ratios).all() else float("nan")
