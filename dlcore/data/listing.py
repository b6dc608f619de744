"""Which pictures a folder or an archive holds, by class, without opening any of them."""

from __future__ import annotations

import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from dlcore.errors import DatasetUnreadable

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"}
MOST_FILES = 1_000_000
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_ARCHIVE = 8 * 1024 * 1024 * 1024
DEEPEST = 6
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}
VALIDATION = {"val", "valid", "validation", "dev"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The classes in alphabetical order, and for each picture its name (relative, or in the archive) and class number."""

    path: Path
    classes: tuple[str, ...]
    train: tuple[tuple[str, int], ...]
    test: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk through a folder found, and how to see that it is still so."""

    folders: tuple[tuple[Path, int], ...]
    listing: Listing

    def holds(self) -> bool:
        """Whether no folder has changed since."""
        try:
            return all(folder.stat().st_mtime_ns == changed_ns for folder, changed_ns in self.folders)
        except OSError:
            return False


_walked: dict[Path, Walked] = {}


def listing_of(path: Path) -> Listing:
    """The pictures in the folder or archive at ``path``; remembered while it stays the same. Raises DatasetUnreadable."""
    if not path.is_dir():
        facts = path.stat()
        return archive_listing(path, facts.st_size, facts.st_mtime_ns)
    known = _walked.get(path)
    if known is None or not known.holds():
        if len(_walked) >= 8:
            _walked.clear()
        known = _walked[path] = walk(path)
    return known.listing


def walk(root: Path) -> Walked:
    """Look through the folders below ``root``; links are passed by."""
    names: list[str] = []
    folders: list[tuple[Path, int]] = []
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        folders.append((folder, folder.stat().st_mtime_ns))
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
                    waiting.append((Path(entry.path), depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    names.append(Path(entry.path).relative_to(root).as_posix())
        if len(names) > MOST_FILES:
            raise DatasetUnreadable(root, f"it has more than {MOST_FILES:,} files.")
    return Walked(tuple(folders), by_class(root, names))


@lru_cache(maxsize=8)
def archive_listing(path: Path, size: int, changed_ns: int) -> Listing:
    """The pictures in a tar or zip archive."""
    names, total = [], 0
    for name, length in archive_entries(path):
        names.append(name)
        total += length
        if len(names) > MOST_FILES or total > LARGEST_ARCHIVE:
            raise DatasetUnreadable(path, f"it holds more than {MOST_FILES:,} files or {LARGEST_ARCHIVE:,} bytes.")
    return by_class(path, names)


def archive_entries(path: Path) -> Iterator[tuple[str, int]]:
    """(name, bytes) of each plain file in an archive."""
    with understood(path):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    if not info.is_dir():
                        yield checked(path, info.filename, info.file_size)
            return
        with tarfile.open(path) as tar:
            for member in tar:
                name, size = checked(path, member.name, member.size)  # before it is unpacked to be passed by
                if member.isfile():
                    yield name, size


def checked(path: Path, name: str, size: int) -> tuple[str, int]:
    """A file that is not too large for a picture."""
    if size > LARGEST_FILE:
        raise DatasetUnreadable(path, f"{name} in it has {size:,} bytes; a picture has at most {LARGEST_FILE:,}.")
    return name, size


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """What a damaged archive raises is a DatasetUnreadable."""
    try:
        yield
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise DatasetUnreadable(path, f"{error}.") from error


def by_class(path: Path, names: Iterable[str]) -> Listing:
    """Sort pictures by the folder that they are in. Raises DatasetUnreadable."""
    found = sorted((steps, name) for name in names if (steps := steps_of(name)))
    while found and shares_one_folder([steps for steps, _ in found]):
        found = [(steps[1:], name) for steps, name in found]
    divided = is_divided(path, {steps[0].lower() for steps, _ in found if len(steps) > 2})
    parts: dict[str, list[tuple[str, str]]] = {"train": [], "test": []}
    for steps, name in found:
        part, rest = (PARTS.get(steps[0].lower(), ""), steps[1:]) if divided else ("train", steps)
        if part and len(rest) > 1:
            parts[part].append((rest[0], name))
    classes = tuple(sorted({label for label, _ in parts["train"]}))
    if len(classes) < 2:
        raise DatasetUnreadable(
            path, f"expected pictures in at least two folders, one for each class; found {len(classes)} such folders."
        )
    if strange := sorted({label for label, _ in parts["test"]} - set(classes)):
        raise DatasetUnreadable(path, f"test/ has the class {strange[0]!r}, which train/ has not.")
    order = {label: number for number, label in enumerate(classes)}
    train, test = (tuple((name, order[label]) for label, name in parts[part]) for part in ("train", "test"))
    return Listing(path, classes, train, test)


def is_divided(path: Path, tops: set[str]) -> bool:
    """Whether the outer folders are parts with classes in them. Raises DatasetUnreadable for a third part."""
    if tops and tops <= PARTS.keys():
        return True
    if tops & PARTS.keys() and tops & VALIDATION and tops <= PARTS.keys() | VALIDATION:
        raise DatasetUnreadable(
            path,
            f"beside train/ and test/ it has {min(tops & VALIDATION)}/. Put those pictures into train/, from which the split "
            "draws its validation part.",
        )
    return False


def steps_of(name: str) -> tuple[str, ...]:
    """The folders and the name of a picture; empty for what is none, and for hidden files."""
    steps = tuple(step for step in PurePosixPath(name).parts if step not in ("/", "."))
    hidden = any(step.startswith((".", "__MACOSX")) for step in steps)
    return () if hidden or PurePosixPath(name).suffix.lower() not in SUFFIXES else steps


def shares_one_folder(found: list[tuple[str, ...]]) -> bool:
    """Whether everything is within one folder that is neither a class nor a part, as archives often have it."""
    tops = {steps[0] for steps in found}
    return (
        len(tops) == 1 and not {top.lower() for top in tops} & PARTS.keys() and all(len(steps) > 2 for steps in found)
    )
