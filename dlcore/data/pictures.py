"""Pictures of any size and kind, decoded to bytes of one shape."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcore.data.cache import Arrays, decoded
from dlcore.data.listing import LARGEST_FILE, Listing, understood
from dlcore.errors import DatasetUnreadable

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 50_000_000  # of one picture as it is stored: a small file may unpack to any number
LARGEST_BYTES = 2 * 1024 * 1024 * 1024  # of all pictures together


def decoded_pictures(listing: Listing, shape: tuple[int, int, int]) -> Arrays:
    """``train_images`` (n, channels, height, width) of bytes, ``train_labels`` (n,), and those of the test part."""
    whole = listing.path.is_dir()
    files = tuple(listing.path / name for name, _ in (*listing.train, *listing.test)) if whole else (listing.path,)
    return decoded(files, lambda: decode(listing, shape), repr(shape))


def decode(listing: Listing, shape: tuple[int, int, int]) -> Arrays:
    """The arrays, in the order of the listing."""
    arrays: Arrays = {}
    places: dict[str, tuple[NDArray[np.uint8], int]] = {}
    for part, pictures in (("train", listing.train), ("test", listing.test)):
        images = np.zeros((len(pictures), *shape), np.uint8)
        arrays[f"{part}_images"] = images
        arrays[f"{part}_labels"] = np.array([label for _, label in pictures], np.int64)
        places.update({name: (images, position) for position, (name, _) in enumerate(pictures)})
    for name, content in contents(listing.path, set(places)):
        if name in places:  # an archive may hold it twice
            images, position = places.pop(name)
            images[position] = decode_picture(name, content, shape)
    if places:
        raise DatasetUnreadable(listing.path, f"{next(iter(places))} has disappeared from it.")
    return arrays


def contents(path: Path, names: set[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files ``names`` of a folder or an archive, in the order in which it is quick to read them."""
    with understood(path):
        if path.is_dir():
            for name in sorted(names):
                yield name, content_of(path / name)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    if info.filename in names and info.file_size <= LARGEST_FILE:
                        yield info.filename, archive.read(info)
        else:
            with tarfile.open(path) as tar:
                for member in tar:
                    if member.isfile() and member.name in names and member.size <= LARGEST_FILE:
                        file = tar.extractfile(member)
                        yield member.name, file.read() if file else b""


def content_of(path: Path) -> bytes:
    """A file's bytes; a link is an error."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(LARGEST_FILE + 1)


def decode_picture(name: str, content: bytes, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """(channels, height, width): grey or RGB, stretched or shrunk to the size."""
    from PIL import Image

    channels, height, width = shape
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise DatasetUnreadable(
                    Path(name),
                    f"it has {image.width:,} × {image.height:,} pixels; at most {MOST_PIXELS:,} are decoded.",
                )
            plain: Image.Image = image
            if image.mode.startswith("I"):  # 16 bits, of which Pillow's own conversion keeps the wrong ones
                plain = Image.fromarray((np.asarray(image, np.uint32) >> 8).astype(np.uint8))
            made = plain.convert("L" if channels == 1 else "RGB")
            if made.size != (width, height):
                made = made.resize((width, height), Image.Resampling.BILINEAR)
            pixels = np.asarray(made, np.uint8)
    except DatasetUnreadable:
        raise
    except Exception as error:  # a damaged picture raises nearly anything
        raise DatasetUnreadable(Path(name), f"{error}.") from error
    return pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)
