"""Where uploaded data sets lie: in DESCENT_VAR/data/uploads, each called by the checksum of what it holds."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from dlcore.data.cache import forget
from dlcore.data.inside import UPLOADS
from webapp.datasets.limits import BLOCK

UNFINISHED, GONE = ".part-", ".gone-"
LEFTOVER_S = 24 * 3600  # after which what a killed process left is taken away


def shelf(var: Path) -> Path:
    """The folder; made where it is missing."""
    folder = var / "data" / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def workplace(var: Path, known: Container[str]) -> Iterator[Path]:
    """A folder beside the finished ones, to write a data set in; gone afterwards, whatever happened. ``known``: files with an owner."""
    folder = shelf(var)
    sweep(folder, known)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder, ignore_cleanup_errors=True) as made:
        yield Path(made)


def sweep(folder: Path, known: Container[str]) -> None:
    """Take away what processes that were killed left behind: unfinished, or without an owner."""
    for left in folder.iterdir():
        with contextlib.suppress(OSError):
            if left.name not in known and time.time() - left.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def name_of(made: Path) -> str:
    """The name under which a finished file is kept: 32 digits of its SHA-256, and its suffix."""
    digest = hashlib.sha256()
    with made.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            time.sleep(0)  # others are served in between
        os.fsync(file.fileno())
    return digest.hexdigest()[:32] + made.suffix


def put(var: Path, made: Path, name: str) -> None:
    """Keep a finished file under its name; one of the same name holds the same."""
    with contextlib.suppress(FileExistsError):
        (shelf(var) / name).hardlink_to(made)
    directory = os.open(shelf(var), os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def take_away(var: Path, name: str, is_wanted: Callable[[], bool]) -> None:
    """Delete a file that nobody wants. It is put aside first: who uploads the same meanwhile finds it missing and puts it anew."""
    kept, aside = shelf(var) / name, shelf(var) / f"{GONE}{os.urandom(8).hex()}"
    if is_wanted():
        return
    with contextlib.suppress(FileNotFoundError):
        kept.rename(aside)
        if is_wanted():
            aside.rename(kept)
        else:
            aside.unlink()
            forget(var, kept)
