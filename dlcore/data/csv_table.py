"""Tables of text."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from dlcore.data.cache import decoded
from dlcore.data.dataset import Dataset, Examples, Task
from dlcore.data.inside import find_inside, problem_of
from dlcore.data.table import Column, Table, encode, encoded_names, numbered, table_of, value_names
from dlcore.errors import DatasetUnreadable, SpecError
from dlcore.fields import choice, text

SEPARATORS = {"auto": None, "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MOST_WORDS = 100


class CSVTable(Dataset):
    """A table of yours as a text file (.csv): a first line of names, then one example in each line.

    Columns of numbers are taken as they are; columns of words are one-hot: y = 3 of 0 to 4 is [0, 0, 0, 1, 0]. A missing
    number (empty, NA, ?, nan) becomes the mean of the training part, which the trial's log says; a missing word is all
    zeros. Columns without any value are left out. Rows are (features).
    """

    label = "CSV table"

    kind: Literal["csv"] = "csv"
    path: str = text("", help="The file, within the folder that DESCENT_DATA names, such as wine/red.csv.")
    predict: Literal["classification", "regression", "multilabel"] = choice(
        "classification",
        title="Task",
        help="One of some classes, numbers, or labels of which several may apply (0 or 1).",
    )
    targets: str = text(
        "",
        title="Target columns",
        longest=2000,
        help="What is to be predicted; commas between. Empty: the last column.",
    )
    ignore: str = text("", title="Left out", longest=2000, help="Columns that are no input, such as numbers of rows.")
    separator: Literal["auto", "comma", "semicolon", "tab", "bar"] = choice(
        "auto", help="What stands between cells; auto: what the first line has most of."
    )

    @property
    def task(self) -> Task:
        """As declared."""
        return self.predict

    @property
    def classes(self) -> int:
        """How many values the target column has; or how many target columns there are."""
        return len(self.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The values of the target column, or the names of the target columns."""
        with problem_of():
            _, targets = self.columns(self.table())
        return value_names(targets[0]) if self.predict == "classification" else tuple(c.name for c in targets)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of columns, and for words ``colour = red``."""
        with problem_of():
            inputs, _ = self.columns(self.table())
        return encoded_names(inputs)

    @property
    def size(self) -> int:
        """Lines below the names."""
        with problem_of():
            return self.table().rows

    def read(self) -> tuple[Examples, Examples | None]:
        """All rows; there is no test part of its own."""
        table = self.table()
        inputs, targets = self.columns(table)
        variant = repr((inputs, targets, self.predict, table.separator))
        classify = self.predict == "classification"
        arrays = decoded(
            (table.path,),
            lambda: {
                "inputs": encode(table, inputs),
                "labels": numbered(table, targets[0]) if classify else encode(table, targets),
            },
            variant,
        )
        return Examples(np.asarray(arrays["inputs"]), np.asarray(arrays["labels"])), None

    def table(self) -> Table:
        """What the file holds. Raises DatasetMissing, DatasetUnreadable, SpecError."""
        path = find_inside(self.name(), self.path)
        if not path.is_file():
            raise DatasetUnreadable(path, "it is a folder; Path must name a file.")
        return table_of(path, SEPARATORS[self.separator])

    def columns(self, table: Table) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
        """(input columns, target columns). Raises SpecError, which names the field."""
        targets = chosen(table, self.targets, "data.targets") or table.columns[-1:]
        ignored = chosen(table, self.ignore, "data.ignore")
        inputs = tuple(
            c for c in table.columns if c not in targets and c not in ignored and (c.is_number or c.values != ())
        )
        if not inputs:
            raise SpecError("data.ignore", f"No column of {table.path.name} is left as input.")
        for column in inputs:
            if not column.is_number and (column.values is None or len(column.values) > MOST_WORDS):
                raise SpecError(
                    "data.ignore",
                    f"The column {column.name!r} holds words, more than {MOST_WORDS} different ones. Leave it out.",
                )
        self.check_targets(table, targets)
        return inputs, targets

    def check_targets(self, table: Table, targets: tuple[Column, ...]) -> None:
        """Targets must be what the task needs, in every row."""
        for column in targets:
            if column.missing:
                raise DatasetUnreadable(
                    table.path, f"{column.missing:,} rows have no {column.name!r}, which is the target."
                )
            if self.predict != "classification" and not column.is_number:
                raise SpecError(
                    "data.targets", f"The column {column.name!r} holds words; {self.predict} needs numbers."
                )
            if self.predict == "multilabel" and not {float(v) for v in column.values or ("2",)} <= {0.0, 1.0}:
                raise SpecError("data.targets", f"The column {column.name!r} holds other numbers than 0 and 1.")
        if self.predict != "classification":
            return
        if len(targets) > 1:
            raise SpecError("data.targets", "Classification has one target column; for several, choose multilabel.")
        if targets[0].values is not None and len(value_names(targets[0])) < 2:
            raise SpecError(
                "data.targets", f"The column {targets[0].name!r} has one value only; there is nothing to tell apart."
            )
        if targets[0].values is None:
            raise SpecError(
                "data.targets",
                f"The column {targets[0].name!r} has more than 1,000 different values, so they are no classes. "
                f"Choose another column, or regression as the task.",
            )


def chosen(table: Table, names: str, field: str) -> tuple[Column, ...]:
    """The columns that a field names. Raises SpecError for one that is not there."""
    wanted = [name for name in re.split(r"\s*,\s*", names.strip()) if name]
    found = {name: table.position(name) for name in wanted}
    for name, position in found.items():
        if position is None:
            known = ", ".join(column.name for column in table.columns[:12])
            raise SpecError(field, f"{table.path.name} has no column {name[:60]!r}. It has {known}.")
    return tuple(table.columns[position] for position in found.values() if position is not None)
