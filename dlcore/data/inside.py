"""Files that a person names: within the data folders, never outside of them, and never through a link."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from dlcore.data.folders import folders
from dlcore.errors import DatasetError, DatasetMissing, SpecError

FIELD = "data.path"
UPLOADS = "uploads"  # where data sets that people uploaded are, in DESCENT_VAR/data


def find_inside(dataset: str, path: str) -> Path:
    """The file or folder at ``path`` in DESCENT_DATA, else in DESCENT_VAR/data. Raises DatasetMissing, SpecError."""
    if not path.strip():
        raise SpecError(FIELD, "Path is required: a file or folder in the folder that DESCENT_DATA names.")
    relative = PurePosixPath(path.strip())
    if relative.is_absolute() or ".." in relative.parts or "\\" in path or "\0" in path or not relative.parts:
        raise SpecError(
            FIELD,
            f"Path must lead to something within the folder that DESCENT_DATA names, without .. and \\; "
            f"you entered {path.strip()[:60]!r}.",
        )
    for folder in folders():
        if is_inside(folder, relative):
            return folder / relative
    if relative.parts[0] == UPLOADS:
        raise DatasetMissing(dataset, "there is no such upload; it may have been deleted. Look at Data sets.")
    raise DatasetMissing(dataset, f"there is no {relative} in the folder that DESCENT_DATA names. Look at Path.")


def is_inside(folder: Path, relative: PurePosixPath) -> bool:
    """Whether it is there, with no link on the way from ``folder``."""
    place = folder
    try:
        for step in relative.parts:
            place = place / step
            if place.is_symlink():
                raise SpecError(
                    FIELD, f"{relative} is, or is behind, a link; links are not followed. Put the file itself there."
                )
        return place.is_file() or place.is_dir()
    except OSError:
        return False


@contextmanager
def problem_of(field: str = FIELD) -> Iterator[None]:
    """What is wrong with a file is a problem of the field that names it."""
    try:
        yield
    except DatasetError as error:
        raise SpecError(field, str(error)) from error
