"""The small data sets that come with scikit-learn, read without importing it, which takes a second."""

import csv
import gzip
import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import DatasetMissing


def shipped(name: str) -> Path:
    """Where a file is. Raises DatasetMissing."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DatasetMissing(name.split(".")[0], "scikit-learn, which brings it, is not installed.")
    return Path(spec.origin).parent / "datasets" / "data" / name


@lru_cache(maxsize=8)
def read_numbers(name: str, skip: int = 0) -> NDArray[np.float64]:
    """The numbers of a file, separated by commas or spaces, without the first ``skip`` lines."""
    path = shipped(name)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        lines = file.read().splitlines()[skip:]
    table = np.array(list(csv.reader(" ".join(line.split()).replace(" ", ",") for line in lines)), dtype=np.float64)
    table.setflags(write=False)  # it is shared
    return table
