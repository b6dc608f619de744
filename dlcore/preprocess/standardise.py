"""Zero mean and unit deviation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.fields import choice
from dlcore.preprocess.preprocessing import Images, Preprocessing


class Standardise(Preprocessing):
    """(x − mean) / deviation, for each feature of rows and each channel of pictures; constant features become 0.

        μ = 1/n Σ x,  σ² = 1/n Σ (x − μ)²

    Mean and deviation are those of the training part, for all parts. Shapes stay as they are.
    Source: LeCun et al., 1998, "Efficient BackProp", section 4.3.
    """

    kind: Literal["standardise"] = "standardise"
    per: Literal["channel", "feature"] = choice(
        "channel",
        help="One mean and deviation for each channel of a picture, or for each of its pixels; rows have one per column.",
    )

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Measure mean and deviation."""
        from dlcore.preprocess.statistics import mean_and_deviation

        mean, deviation = mean_and_deviation(training, per_channel=self.per == "channel")
        return lambda inputs: ((inputs - mean) / deviation).astype(np.float32, copy=False)
