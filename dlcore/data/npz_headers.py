"""What arrays an .npz file holds, from their headers, without reading the numbers."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from dlcore.errors import DatasetUnreadable

LARGEST_BYTES = 4 * 1024 * 1024 * 1024  # of an array when it is unpacked: a small file may promise any number
MOST_LABELS = 50_000_000
MOST_ARRAYS = 1_000
ODD_HEADER = (ValueError, KeyError, TypeError, SyntaxError, MemoryError)  # arrays have Python literals for headers
LARGEST_EXAMPLE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """An array's shape, and its kind of numbers as NumPy calls it: "b", "i", "u" or "f"."""

    shape: tuple[int, ...]
    kind: str


def headers(path: Path) -> dict[str, Header]:
    """The arrays of the file by name; remembered while the file stays the same. Raises DatasetUnreadable."""
    facts = path.stat()
    return headers_of(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=32)
def headers_of(path: Path, size: int, changed_ns: int) -> dict[str, Header]:
    """Read the beginning of each array."""
    found = {}
    with understood(path), zipfile.ZipFile(path) as archive:
        for info in archive.infolist()[:MOST_ARRAYS]:
            if info.filename.endswith(".npy"):
                with archive.open(info) as file:
                    found[info.filename.removesuffix(".npy")] = header_of(path, info.filename, file)
    return found


def header_of(path: Path, name: str, file: Any) -> Header:
    """One array's header; only numbers are read, no Python objects, no text."""
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    if any(type(length) is not int for length in shape):  # True is a number to numpy
        raise DatasetUnreadable(path, f"{name} has the shape {shape}, which is none.")
    if dtype.kind not in "biuf":
        raise DatasetUnreadable(path, f"{name} holds {dtype}; only numbers are read, and Python objects never are.")
    if int(np.prod(shape, dtype=object)) * dtype.itemsize > LARGEST_BYTES:
        raise DatasetUnreadable(path, f"{name} has more than {LARGEST_BYTES:,} bytes.")
    return Header(shape, dtype.kind)


def array_of(path: Path, name: str) -> NDArray[Any]:
    """One array whose header has been read."""
    with understood(path), np.load(path, allow_pickle=False) as file:
        array: NDArray[Any] = file[name]
        return array


def first_of(path: Path, name: str, count: int) -> NDArray[Any] | None:
    """The first examples of an array, without reading the others; None where they do not lie together or are too large."""
    with understood(path), zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran_order, dtype = read(file)
        one = int(np.prod(shape[1:], dtype=object)) * dtype.itemsize
        count = min(count, shape[0] if shape else 0)
        if fortran_order or dtype.hasobject or one > LARGEST_EXAMPLE:
            return None
        return np.frombuffer(file.read(count * one), dtype).reshape(count, *shape[1:])


@lru_cache(maxsize=32)
def largest_of(path: Path, name: str, size: int, changed_ns: int) -> tuple[float, float]:
    """(smallest, largest) number of an array of labels."""
    array = array_of(path, name)
    return (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """What a damaged file raises is a DatasetUnreadable."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, *ODD_HEADER) as error:
        raise DatasetUnreadable(path, f"{error}." if str(error) else "it is damaged.") from error
