"""Files that are there whole or not at all, whoever is killed and when the power goes."""

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary name, flush to the disk, rename, and flush the folder, which holds the name. Raises OSError.

    A writer that is killed may leave a file whose name ``is_temporary`` behind; one that cannot write leaves nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_temporary(name: str) -> bool:
    """Whether a file of this name is one that was being written."""
    return name.startswith(".")
