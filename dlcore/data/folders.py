"""Where files of data sets are: the person's folder, what was downloaded before, or the publisher."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO

from dlcore.data.progress import Meter, Progress
from dlcore.errors import DatasetMissing

TIMEOUT_S = 20
BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a publisher offers, and what it must hash to."""

    url: str
    sha256: str


def locate(dataset: str, names: tuple[str, ...], source: Source | None = None) -> Path:
    """The first of ``names`` (relative, such as ``mnist/train-images-idx3-ubyte.gz``) that is there, else a verified download.

    Looks in DESCENT_DATA, then in DESCENT_VAR/data, then asks ``source``. Raises DatasetMissing.
    """
    for folder in folders():
        for name in names:
            if (folder / name).is_file():
                return folder / name
    if source is None or cache_folder() is None:
        raise DatasetMissing(dataset, f"put {names[0]} into the folder that DESCENT_DATA names.")
    return download(dataset, source, cache_folder() / names[0])  # type: ignore[operator]


def folders() -> list[Path]:
    """Where to look, in this order."""
    named = os.environ.get("DESCENT_DATA")
    cached = cache_folder()
    return [folder for folder in (Path(named) if named else None, cached) if folder is not None]


def cache_folder() -> Path | None:
    """Where verified downloads are kept."""
    var = os.environ.get("DESCENT_VAR")
    return Path(var) / "data" if var else None


def download(dataset: str, source: Source, target: Path, progress: Progress | None = None) -> Path:
    """Fetch a file, check it, and only then give it its name. Raises DatasetMissing.

    One process at a time: another that wants the same file waits, and finds it there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target):
        if not target.is_file():
            fetch(dataset, source, target, progress)
    return target


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Nobody else has the lock of ``target`` within this context."""
    with (target.parent / f".{target.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fetch(dataset: str, source: Source, target: Path, progress: Progress | None) -> None:
    """The download itself."""
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        try:
            checksum = copy(source, file, progress)
        except (OSError, HTTPException) as error:
            Path(file.name).unlink(missing_ok=True)
            raise DatasetMissing(
                dataset,
                f"it is not in the folder that DESCENT_DATA names, and could not be downloaded ({error}). "
                f"Put {target.name} into {target.parent.name}/ there.",
            ) from error
    if checksum != source.sha256:
        Path(file.name).unlink(missing_ok=True)
        raise DatasetMissing(dataset, f"the download of {target.name} is damaged: its checksum is wrong. Try again.")
    shutil.move(file.name, target)


def copy(source: Source, file: IO[bytes], progress: Progress | None) -> str:
    """Write what the publisher sends into ``file``; its sha256."""
    digest, done = hashlib.sha256(), 0
    with urllib.request.urlopen(source.url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - our own https addresses  # nosec B310
        length = answer.headers.get("Content-Length", "")
        meter = Meter(source.url.rsplit("/", 1)[-1], int(length) if length.isdigit() else None, progress)
        while block := answer.read(BLOCK):
            digest.update(block)
            file.write(block)
            done += len(block)
            meter.advance(done)
        meter.finish(done)
    return digest.hexdigest()
