"""Diabetes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dlcore.data.dataset import Examples
from dlcore.data.regression import Regression
from dlcore.data.shipped import read_numbers

FEATURES = ("age", "sex", "body mass index", "blood pressure", "s1", "s2", "s3", "s4", "s5", "s6")


class Diabetes(Regression):
    """442 patients, ten measurements each, to predict how far their diabetes has gone a year later: 25 to 346.

    Measurements are in their own units; sex is 1 or 2. Rows are (10).
    Source: Efron et al., 2004, "Least angle regression"; as scikit-learn ships it.
    """

    kind: Literal["diabetes"] = "diabetes"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """s1 to s6 are of blood serum."""
        return FEATURES

    @property
    def target_names(self) -> tuple[str, ...]:
        """A measure without a unit."""
        return ("progression",)

    @property
    def size(self) -> int:
        """442."""
        return 442

    def read(self) -> tuple[Examples, Examples | None]:
        """All patients; there is no test part of its own."""
        inputs, targets = read_numbers("diabetes_data_raw.csv.gz"), read_numbers("diabetes_target.csv.gz")
        return Examples(inputs.astype(np.float32), targets.astype(np.float32)), None
