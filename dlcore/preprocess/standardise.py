"""Zero mean and unit deviation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.preprocess.preprocessing import Images, Preprocessing


class Standardise(Preprocessing):
    """(x − mean) / deviation, for each feature of rows and each channel of pictures; constant features become 0.

    Mean and deviation are those of the training part, for all parts.
    Source: LeCun et al., 1998, "Efficient BackProp", section 4.3.
    """

    kind: Literal["standardise"] = "standardise"

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Measure mean and deviation."""
        from dlcore.preprocess.statistics import mean_and_deviation

        mean, deviation = mean_and_deviation(training)
        return lambda inputs: ((inputs - mean) / deviation).astype(np.float32, copy=False)
