"""A range to [−1, 1]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from dlcore.fields import optional_number
from dlcore.preprocess.preprocessing import Images, Preprocessing


class Scale(Preprocessing):
    """x / (m/2) − 1, where m is the largest value that a pixel may have (255 for bytes): 0 becomes −1, m becomes 1.

    For inputs that are not pixels, the training part's smallest and largest value of each feature become −1 and 1;
    values beyond them, which other parts may have, go beyond −1 and 1. With a range of your own, its ends do.
    Shapes stay as they are.
    """

    label = "Scale to [−1, 1]"

    kind: Literal["scale"] = "scale"
    low: float | None = optional_number(
        low=-1e9, high=1e9, title="From", help="What becomes −1; empty: the smallest value there can be."
    )
    high: float | None = optional_number(
        low=-1e9, high=1e9, title="To", help="What becomes 1; empty: the largest value there can be."
    )

    @model_validator(mode="after")
    def _a_range_has_two_ends(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("A range has two ends: give both From and To, or neither.")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"From must be less than To; you entered {self.low:g} and {self.high:g}.")
        return self

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Find the range: the given one; 0 to 255, or 0 to 16 for digits' pictures; a feature's own for rows."""
        if self.low is None and training.ndim == 4:
            top = 255.0 if training.max() > 16 else 16.0 if training.max() > 1 else 1.0
            return lambda inputs: (inputs / np.float32(top / 2) - 1).astype(np.float32, copy=False)
        low, half = self.range_of(training)
        return lambda inputs: ((inputs - low) / half - 1).astype(np.float32, copy=False)

    def range_of(self, training: Images) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(smallest value, half of the range), for each feature."""
        if self.low is not None and self.high is not None:
            return np.full(1, self.low, np.float32), np.full(1, (self.high - self.low) / 2, np.float32)
        low, high = training.min(0), training.max(0)
        return low, np.where(high > low, (high - low) / 2, 1).astype(np.float32)
