"""Wine quality."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.cache import Arrays, decoded
from dlcore.data.dataset import Dataset, Examples, Task
from dlcore.data.folders import Source, locate
from dlcore.data.table import Table, encode, table_of
from dlcore.errors import DatasetUnreadable
from dlcore.fields import choice

FEATURES = (
    "fixed acidity",
    "volatile acidity",
    "citric acid",
    "residual sugar",
    "chlorides",
    "free sulfur dioxide",
    "total sulfur dioxide",
    "density",
    "pH",
    "sulphates",
    "alcohol",
)
ADDRESS = "https://archive.ics.uci.edu/ml/machine-learning-databases/wine-quality/"
CHECKSUMS = {
    "red": "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e",
    "white": "76c3f809815c17c07212622f776311faeb31e87610d52c26d87d6e361b169836",
}
MARKS = {"red": range(3, 9), "white": range(3, 10), "both": range(3, 10)}
SIZES = {("red", False): 1_599, ("white", False): 4_898, ("red", True): 1_359, ("white", True): 3_961}


class WineQuality(Dataset):
    """Portuguese wines, eleven measurements each, to predict the mark that tasters gave: 3 to 9, mostly 5 and 6.

    As regression on the mark, or with each mark as a class. Rows are (11), or (12) for both colours together, where the
    last number is 1 for white.
    Source: Cortez et al., 2009, "Modeling wine preferences by data mining from physicochemical properties".
    """

    label = "Wine quality"

    kind: Literal["wine_quality"] = "wine_quality"
    colour: Literal["red", "white", "both"] = choice("red", help="Which wines.")
    target: Literal["regression", "classification"] = choice(
        "regression", help="The mark as a number, or as one of six or seven classes."
    )
    distinct: bool = choice(
        True, help="Leave out rows that repeat an earlier one, so that none is in two parts of the split."
    )

    @property
    def task(self) -> Task:
        """As declared."""
        return self.target

    @property
    def classes(self) -> int:
        """Six marks for red, seven for white; one number for regression."""
        return len(self.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The marks."""
        return ("quality",) if self.target == "regression" else tuple(str(mark) for mark in MARKS[self.colour])

    @property
    def feature_names(self) -> tuple[str, ...]:
        """As the publishers call them."""
        return (*FEATURES, "white") if self.colour == "both" else FEATURES

    @property
    def size(self) -> int:
        """1,599 red, 4,898 white; 1,359 and 3,961 of them distinct."""
        return sum(SIZES[colour, self.distinct] for colour in self.colours)

    @property
    def colours(self) -> tuple[str, ...]:
        """The files that are read."""
        return ("red", "white") if self.colour == "both" else (self.colour,)

    def read(self) -> tuple[Examples, Examples | None]:
        """All wines; there is no test part of its own."""
        read = [self.wines(colour) for colour in self.colours]
        if self.colour == "both":
            read = [np.insert(rows, -1, float(white), axis=1) for white, rows in enumerate(read)]
        rows = np.concatenate(read)
        if self.distinct:
            _, first = np.unique(rows, axis=0, return_index=True)
            rows = rows[np.sort(first)]
        marks = rows[:, -1:]
        labels = marks if self.target == "regression" else (marks[:, 0] - MARKS[self.colour].start).astype(np.int64)
        return Examples(np.ascontiguousarray(rows[:, :-1]), np.ascontiguousarray(labels)), None

    def wines(self, colour: str) -> NDArray[np.float32]:
        """(wines, 12): eleven measurements and the mark."""
        name = f"winequality-{colour}.csv"
        source = Source(ADDRESS + name, CHECKSUMS[colour])
        table = table_of(locate(self.name(), (f"wine_quality/{name}", name), source), ";")
        if [column.name for column in table.columns if column.is_number] != [*FEATURES, "quality"]:
            raise DatasetUnreadable(table.path, f"its columns are not {', '.join(FEATURES)} and quality.")
        return np.asarray(decoded((table.path,), lambda: wine_arrays(table, colour))["rows"])


def wine_arrays(table: Table, colour: str) -> Arrays:
    """All columns as one array."""
    rows = encode(table, table.columns)
    if not set(rows[:, -1].tolist()) <= set(MARKS[colour]):
        raise DatasetUnreadable(table.path, f"it has marks outside {MARKS[colour][0]} to {MARKS[colour][-1]}.")
    return {"rows": rows}
