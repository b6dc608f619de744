"""What the small tables that scikit-learn ships share."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from dlcore.data.dataset import Dataset, Examples
from dlcore.data.shipped import read_numbers


class ShippedRows(Dataset):
    """Rows of numbers, the last of which is the class."""

    file: ClassVar[str]
    rows: ClassVar[int]
    features: ClassVar[tuple[str, ...]]
    names: ClassVar[tuple[str, ...]]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What was measured."""
        return self.features

    @property
    def classes(self) -> int:
        """As many as there are names."""
        return len(self.names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the publishers call them."""
        return self.names

    @property
    def size(self) -> int:
        """All rows."""
        return self.rows

    def read(self) -> tuple[Examples, Examples | None]:
        """All rows; there is no test part of its own."""
        table = read_numbers(self.file, skip=1)
        return Examples(table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)), None
