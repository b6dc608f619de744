"""Reading the pickles in which CIFAR is published, without running what a pickle may hide."""

import io
import pickle  # below it makes arrays alone  # nosec B403
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import DatasetUnreadable

ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"): ("numpy", "ndarray"),
    ("numpy", "dtype"): ("numpy", "dtype"),
    ("_codecs", "encode"): ("_codecs", "encode"),
}


class ArraysOnly(pickle.Unpickler):
    """Makes numpy arrays, dicts, lists, numbers and bytes; anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Only what an array of numbers needs."""
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it wants to load {module}.{name}, which is not allowed")
        return super().find_class(*ALLOWED[module, name])


def read_pickle(path: Path, content: bytes) -> dict[bytes, Any]:
    """The dict in a pickle; raises DatasetUnreadable, also for one that would run something."""
    try:
        found = ArraysOnly(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a damaged pickle raises nearly anything
        raise DatasetUnreadable(path, f"{error}.") from error
    if not isinstance(found, dict):
        raise DatasetUnreadable(path, "it holds no dict.")
    data = found.get(b"data")
    if data is not None and (not isinstance(data, np.ndarray) or data.dtype != np.uint8):
        raise DatasetUnreadable(path, "its data are not an array of bytes.")
    return found
