"""Some room on the disk that is given up when there is no other left, so that trials can still say that they pause."""

import contextlib
import os
import shutil
from pathlib import Path

MOST_BYTES = 32 * 1024 * 1024
SHARE = 16  # of the disk, where it is small
PLENTY = 4  # times as much must be free, or it is not set aside


def place(var: Path) -> Path:
    """Its file."""
    return var / "reserve"


def set_aside(var: Path) -> None:
    """Make the reserve where it is missing and there is plenty of room."""
    disk = shutil.disk_usage(var)
    size = min(MOST_BYTES, disk.total // SHARE)
    if place(var).exists() or disk.free < PLENTY * size:
        return
    with place(var).open("wb") as file, contextlib.suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, size)


def give_up(var: Path) -> None:
    """Let others have its room."""
    place(var).unlink(missing_ok=True)
