"""Where files of data sets are: the person's folder, what was downloaded before, or the publisher."""

import hashlib
import os
import shutil
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from dlcore.errors import DatasetMissing

TIMEOUT_S = 20


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


def download(dataset: str, source: Source, target: Path) -> Path:
    """Fetch a file, check it, and only then give it its name. Raises DatasetMissing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        try:
            with urllib.request.urlopen(source.url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - our own https addresses
                while block := answer.read(1 << 16):
                    digest.update(block)
                    file.write(block)
        except OSError as error:
            Path(file.name).unlink(missing_ok=True)
            raise DatasetMissing(
                dataset,
                f"it is not in the folder that DESCENT_DATA names, and could not be downloaded ({error}). "
                f"Put {target.name} into {target.parent.name}/ there.",
            ) from error
    if digest.hexdigest() != source.sha256:
        Path(file.name).unlink(missing_ok=True)
        raise DatasetMissing(dataset, f"the download of {target.name} is damaged: its checksum is wrong. Try again.")
    shutil.move(file.name, target)
    return target
