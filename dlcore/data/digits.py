"""scikit-learn's digits."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dlcore.data.dataset import Dataset, Examples
from dlcore.data.shipped import read_numbers
from dlcore.layers.layer import Shape


class Digits(Dataset):
    """1,797 handwritten digits, 8 × 8 grey with 17 levels: small enough to train in a second.

    Source: Alpaydin & Kaynak, 1998, "Optical recognition of handwritten digits", UCI; as scikit-learn ships it.
    """

    label = "Digits (8 × 8)"

    kind: Literal["digits"] = "digits"

    @property
    def input_shape(self) -> Shape:
        """(1, 8, 8)."""
        return (1, 8, 8)

    @property
    def classes(self) -> int:
        """Ten."""
        return 10

    @property
    def size(self) -> int:
        """1,797."""
        return 1_797

    def read(self) -> tuple[Examples, Examples | None]:
        """All pictures; there is no test part of its own."""
        table = read_numbers("digits.csv.gz")
        return Examples(table[:, :64].astype(np.uint8).reshape(-1, 1, 8, 8), table[:, 64].astype(np.int64)), None
