"""California housing."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dlcore.data.cache import decoded
from dlcore.data.dataset import Examples
from dlcore.data.folders import Source, locate
from dlcore.data.regression import Regression
from dlcore.data.table import encode, encoded_names, table_of
from dlcore.errors import DatasetUnreadable

TARGET = "median_house_value"
NUMBERS = (
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "median_income",
)
PLACES = ("<1H OCEAN", "INLAND", "ISLAND", "NEAR BAY", "NEAR OCEAN")
FEATURES = (*NUMBERS, *(f"ocean_proximity = {place}" for place in PLACES))
SOURCE = Source(
    "https://raw.githubusercontent.com/ageron/data/main/housing/housing.csv",
    "2364609dc48bec7df3ba9dbb7041478e704ecddcee70ef1827ec3fc49d22c0cc",
)


class CaliforniaHousing(Regression):
    """20,640 districts of California in 1990: eight numbers and how near the sea is, to predict the median house value.

    The value is in dollars, cut off at 500,001. 207 districts lack their number of bedrooms: it becomes the mean of the
    training part, which the trial's log says. The one category is one-hot, so rows are (13).
    Source: Pace & Barry, 1997, "Sparse spatial autoregressions"; with Géron's gaps and category.
    """

    label = "California housing"

    kind: Literal["california_housing"] = "california_housing"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Eight numbers, then the five places."""
        return FEATURES

    @property
    def target_names(self) -> tuple[str, ...]:
        """In dollars."""
        return (TARGET,)

    @property
    def size(self) -> int:
        """20,640."""
        return 20_640

    def read(self) -> tuple[Examples, Examples | None]:
        """All districts; there is no test part of its own."""
        path = locate(self.name(), ("california_housing/housing.csv", "housing.csv"), SOURCE)
        table = table_of(path, ",")
        target = table.columns[table.position(TARGET) or 0]
        inputs = [column for column in table.columns if column != target]
        if encoded_names(inputs) != FEATURES:
            raise DatasetUnreadable(path, f"its columns are not {', '.join(NUMBERS)}, {TARGET} and ocean_proximity.")
        arrays = decoded((path,), lambda: {"inputs": encode(table, inputs), "labels": encode(table, [target])})
        return Examples(np.asarray(arrays["inputs"]), np.asarray(arrays["labels"])), None
