"""Files that are there whole or not at all, whoever is killed and when the power goes."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def being_written(path: Path) -> Iterator[Path]:
    """A temporary name to write to; flushed to the disk and renamed when the block ends well, and the folder flushed.

    A writer that is killed may leave a file behind whose name begins with a dot; one that cannot write leaves nothing.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    make_in_its_folder(temporary)
    try:
        yield temporary
        flush_to_disk(temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    flush_to_disk(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file. Raises OSError."""
    with being_written(path) as temporary:
        temporary.write_bytes(content)


def make_in_its_folder(path: Path) -> None:
    """An empty file; its folder is made, again where another process takes it away at that very moment because it is empty."""
    for left in range(100, -1, -1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            return
        except (
            FileNotFoundError,
            FileExistsError,
        ):  # mkdir says the latter of a folder that is gone when it looks again
            if not left:
                raise


def flush_to_disk(path: Path) -> None:
    """A file, or the names in a folder."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
