"""Zero mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from dlcore.fields import choice
from dlcore.preprocess.preprocessing import Images, Preprocessing


class Center(Preprocessing):
    """x − mean, for each feature of rows and each channel of pictures.

    The mean is that of the training part, for all parts. Shapes stay as they are.
    Source: LeCun et al., 1998, "Efficient BackProp", section 4.3.
    """

    label = "Zero-centre"

    kind: Literal["center"] = "center"
    per: Literal["channel", "feature"] = choice(
        "channel", help="One mean for each channel of a picture, or for each of its pixels; rows have one per column."
    )

    def fit(self, training: Images) -> Callable[[Images], Images]:
        """Measure the mean."""
        from dlcore.preprocess.statistics import mean_and_deviation

        mean, _ = mean_and_deviation(training, per_channel=self.per == "channel")
        return lambda inputs: (inputs - mean).astype(np.float32, copy=False)
