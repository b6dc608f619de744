"""Pixels to [−1, 1]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.preprocess.preprocessing import Images, Preprocessing


class Scale(Preprocessing):
    """x / (m/2) − 1, where m is the largest value that a pixel may have (255 for bytes): 0 becomes −1, m becomes 1.

    For inputs that are not pixels, the training part's smallest and largest value of each feature become −1 and 1.
    """

    label = "Scale to [−1, 1]"

    kind: Literal["scale"] = "scale"

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Find the range: 0 to 255, or 0 to 16 for digits' pictures; a feature's own for rows."""
        if training.ndim == 4:
            top = 255.0 if training.max() > 16 else 16.0 if training.max() > 1 else 1.0
            return lambda inputs: (inputs / np.float32(top / 2) - 1).astype(np.float32, copy=False)
        low, high = training.min(0), training.max(0)
        half = np.where(high > low, (high - low) / 2, 1).astype(np.float32)
        return lambda inputs: ((inputs - low) / half - 1).astype(np.float32, copy=False)
