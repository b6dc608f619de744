"""Zero mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.preprocess.preprocessing import Images, Preprocessing


class Center(Preprocessing):
    """x − mean, for each feature of rows and each channel of pictures.

    The mean is that of the training part, for all parts.
    """

    label = "Zero-centre"

    kind: Literal["center"] = "center"

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Measure the mean."""
        from dlcore.preprocess.statistics import mean_and_deviation

        mean, _ = mean_and_deviation(training)
        return lambda inputs: (inputs - mean).astype(np.float32, copy=False)
