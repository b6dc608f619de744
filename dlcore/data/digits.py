"""scikit-learn's digits."""

from __future__ import annotations

import gzip
import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.dataset import Dataset, Examples
from dlcore.errors import DatasetMissing
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
        table = read_table()
        return Examples(table[:, :64].reshape(-1, 1, 8, 8), table[:, 64].astype(np.int64)), None


@lru_cache(maxsize=1)
def read_table() -> NDArray[np.uint8]:
    """(1797, 65) from the file that scikit-learn ships, without importing scikit-learn, which takes a second."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DatasetMissing("digits", "scikit-learn, which brings it, is not installed.")
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path) as file:
        return (
            np.array(file.read().decode().replace("\n", ",").rstrip(",").split(","), dtype=np.float32)
            .astype(np.uint8)
            .reshape(-1, 65)
        )
