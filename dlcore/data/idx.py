"""The idx format of MNIST: a magic number, the sizes, then bytes."""

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import DatasetUnreadable

UNSIGNED_BYTES = 8
LARGEST = 1 << 31


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array in an idx file of unsigned bytes, gzipped or not. Raises DatasetUnreadable."""
    raw = unpacked(path)
    if len(raw) < 4 or raw[0] or raw[1]:
        raise DatasetUnreadable(path, "it does not begin like an idx file (two zero bytes).")
    if raw[2] != UNSIGNED_BYTES:
        raise DatasetUnreadable(path, f"its numbers are of type {raw[2]:#x}, expected unsigned bytes (0x8).")
    if raw[3] != dimensions:
        raise DatasetUnreadable(path, f"it has {raw[3]} dimensions, expected {dimensions}.")
    header = 4 + 4 * dimensions
    shape = tuple(int(n) for n in np.frombuffer(raw[4:header], ">u4"))
    expected = int(np.prod(shape, dtype=np.int64)) if len(shape) == dimensions else -1
    if len(raw) - header != expected:
        raise DatasetUnreadable(
            path, f"its header promises {' × '.join(map(str, shape))} bytes, but {max(0, len(raw) - header):,} follow."
        )
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape)


def unpacked(path: Path) -> bytes:
    """The file's content without gzip."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(LARGEST)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetUnreadable(path, f"{error}.") from error
    return content
