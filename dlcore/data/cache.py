"""Decoded arrays, kept so that the next trial opens them at once."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcore.data.folders import cache_folder

Arrays = dict[str, NDArray[np.generic]]


def decoded(files: tuple[Path, ...], decode: Callable[[], Arrays], variant: str = "") -> Arrays:
    """What ``decode`` makes of ``files``: from the cache when they are the same as then, without ever failing for the cache's sake.

    ``variant`` says how they are decoded, where that can be done in more than one way.
    """
    folder = cache_folder()
    if folder is None:
        return decode()
    place = folder.parent / "cache" / fingerprint(files, variant)
    with contextlib.suppress(OSError, ValueError):
        return {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in complete(place)}
    arrays = decode()
    with contextlib.suppress(OSError):
        keep(place, arrays, files)
    return arrays


def fingerprint(files: tuple[Path, ...], variant: str = "") -> str:
    """Changes when a file is another one, or is decoded in another way."""
    facts = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256((repr(facts) + variant).encode()).hexdigest()[:24]


def complete(place: Path) -> list[Path]:
    """The arrays of a finished entry; OSError when there is none."""
    (place / "complete").stat()
    return sorted(place.glob("*.npy"))


def keep(place: Path, arrays: Arrays, files: tuple[Path, ...]) -> None:
    """Write the arrays, each to a name of its own first, and mark the entry as finished; the mark names a single file's path."""
    place.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        temporary = place / f".{name}.{os.getpid()}"
        with temporary.open("wb") as file:
            np.save(file, array, allow_pickle=False)
        temporary.replace(place / f"{name}.npy")
    (place / "complete").write_text(str(files[0].resolve()) if len(files) == 1 else "")


def forget(var: Path, file: Path) -> None:
    """Take away what was decoded of a file that is deleted; who reads it now goes on."""
    for mark in (var / "cache").glob("*/complete"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if mark.read_text() == str(file.resolve()):
                shutil.rmtree(mark.parent, ignore_errors=True)
