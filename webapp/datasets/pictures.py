"""Pictures by class, from a zip or tar archive: looked at one by one, and kept in a plain zip that we write ourselves."""

import io
import warnings
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

from dlcore.data.listing import LARGEST_FILE, Listing, listing_of, steps_of
from dlcore.data.pictures import FORMATS, MOST_PIXELS, contents, decode_picture
from dlcore.sheet import sheet
from webapp.datasets.limits import BLOCK, CLASS_LONGEST, PATH_LONGEST, SHOWN_CLASSES, SHOWN_PICTURES, Found
from webapp.store.artifacts import png
from webapp.tensorboard.records import Readable
from webapp.uploads.archives import Upload, opened
from webapp.uploads.budget import MIB, Budget, UploadProblem

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same pictures make the same file
TILE = (3, 96, 96)


def keep_pictures(upload: Upload, target: Path, budget: Budget) -> Found:
    """Write the pictures of an archive to ``target``. Raises UploadProblem, DatasetUnreadable.

    What is kept is our own zip of them, not the archive: whatever else was hidden in that is gone.
    """
    seen: set[str] = set()
    with zipfile.ZipFile(target, "w") as kept:
        for path, content in opened(PurePosixPath(upload.filename or "upload"), upload.stream, budget):
            if not steps_of(str(path)):
                continue
            check_name(str(path), seen)
            picture = whole(str(path), content)
            check_picture(str(path), picture)
            kept.writestr(zipfile.ZipInfo(str(path), LONG_AGO), picture)
    listing = listing_of(target)
    return Found("image_folder", facts_of(listing), sheet_of(listing))


def check_name(path: str, seen: set[str]) -> None:
    """That a picture's name can be written down, and came once. Raises UploadProblem."""
    if len(path) > PATH_LONGEST or max(map(len, PurePosixPath(path).parts[:-1]), default=0) > CLASS_LONGEST:
        raise UploadProblem(
            f"“{path[:80]}…” has too long a name: at most {CLASS_LONGEST} characters for a folder, {PATH_LONGEST} in all."
        )
    if not path.isprintable():
        raise UploadProblem(f"“{ascii(path)[1:80]}” has characters in its name that cannot be shown. Please rename it.")
    if path in seen:
        raise UploadProblem(f"“{path[:80]}” is in this archive twice.")
    seen.add(path)


def whole(path: str, content: Readable) -> bytes:
    """A picture's bytes. Raises UploadProblem when there are too many."""
    blocks, size = [], 0
    while block := content.read(BLOCK):
        blocks.append(block)
        size += len(block)
        if size > LARGEST_FILE:
            raise UploadProblem(f"“{path[:80]}” is larger than {LARGEST_FILE // MIB} MiB, which no picture may be.")
    return b"".join(blocks)


def check_picture(path: str, content: bytes) -> None:
    """That a picture's head can be read, and promises no more pixels than are decoded. Raises UploadProblem."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower, and follows
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                width, height = image.size
    except Image.DecompressionBombError:
        raise too_many_pixels(path) from None
    except Exception as error:  # a damaged picture raises nearly anything
        raise UploadProblem(f"“{path[:80]}” is no picture that can be read (PNG, JPEG, BMP, GIF or WebP).") from error
    if width * height > MOST_PIXELS:
        raise too_many_pixels(path)


def too_many_pixels(path: str) -> UploadProblem:
    """The refusal of a picture that would unpack to a huge one."""
    return UploadProblem(f"“{path[:80]}” has more than {MOST_PIXELS:,} pixels, which is the most that are decoded.")


def facts_of(listing: Listing) -> dict[str, Any]:
    """How many pictures there are of each class."""
    counts = np.bincount([label for _, label in listing.train], minlength=len(listing.classes))
    return {
        "examples": len(listing.train),
        "test_examples": len(listing.test),
        "classes": [[name, int(n)] for name, n in zip(listing.classes, counts, strict=True)][:SHOWN_CLASSES],
        "class_count": len(listing.classes),
    }


def sheet_of(listing: Listing) -> bytes:
    """A PNG of some pictures: the first of each class, then the second, ... Raises DatasetUnreadable for a damaged one."""
    by_class: dict[int, list[str]] = {}
    for name, label in listing.train:
        of_class = by_class.setdefault(label, [])
        if len(of_class) < SHOWN_PICTURES:
            of_class.append(name)
    turns = sorted((turn, label, name) for label, names in by_class.items() for turn, name in enumerate(names))
    chosen = [name for _, _, name in turns[:SHOWN_PICTURES]]
    decoded = {name: decode_picture(name, content, TILE) for name, content in contents(listing.path, set(chosen))}
    pixels, _ = sheet(np.stack([decoded[name] for name in chosen]), list(range(len(chosen))))
    return png(pixels)
