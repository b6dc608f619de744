"""CIFAR-10."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import Literal

import numpy as np

from dlcore.data.cache import Arrays, decoded
from dlcore.data.dataset import Dataset, Examples
from dlcore.data.folders import Source, locate
from dlcore.data.pickles import read_pickle
from dlcore.errors import DatasetUnreadable
from dlcore.layers.layer import Shape

NAMES = (
    "cifar10/cifar-10-python.tar.gz",
    "cifar-10-python.tar.gz",
    "cifar10_lossless/cifar-10-python-subset.tar.gz",
)
SOURCE = Source(
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
LARGEST_MEMBER = 64 * 1024 * 1024


class CIFAR10(Dataset):
    """Up to 60,000 colour pictures of 32 × 32 in ten classes; a file with some of the batches works as well.

    A row of 3,072 bytes is 1,024 red, 1,024 green, 1,024 blue. Read from the publishers' pickles by an unpickler that makes
    nothing but arrays.
    Source: Krizhevsky, 2009, "Learning multiple layers of features from tiny images".
    """

    label = "CIFAR-10 (photographs)"
    has_test_part = True

    kind: Literal["cifar10"] = "cifar10"

    @property
    def input_shape(self) -> Shape:
        """(3, 32, 32)."""
        return (3, 32, 32)

    @property
    def classes(self) -> int:
        """Ten."""
        return 10

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the publisher calls them."""
        return CLASSES

    @property
    def size(self) -> int:
        """50,000 when the file is whole."""
        return 50_000

    def read(self) -> tuple[Examples, Examples | None]:
        """The training batches that the file has, and its test batch."""
        path = locate(self.name(), NAMES, SOURCE)
        arrays = decoded((path,), lambda: decode(path))
        return examples(arrays, "train"), examples(arrays, "test")


def examples(arrays: Arrays, part: str) -> Examples:
    """One part."""
    return Examples(arrays[f"{part}_images"], np.asarray(arrays[f"{part}_labels"]).astype(np.int64))


def decode(path: Path) -> Arrays:
    """The batches of the archive, joined."""
    batches: dict[str, list[Arrays]] = {"train": [], "test": []}
    try:
        with tarfile.open(path) as archive:
            for member in sorted(archive.getmembers(), key=lambda m: m.name):
                name = Path(member.name).name
                if member.isfile() and name.startswith(("data_batch", "test_batch")):
                    batches["test" if name.startswith("test") else "train"].append(decode_batch(path, archive, member))
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DatasetUnreadable(path, f"{error}.") from error
    if not batches["train"] or not batches["test"]:
        raise DatasetUnreadable(path, "it has no data_batch_1 or no test_batch.")
    return {
        f"{part}_{what}": np.concatenate([batch[what] for batch in found])
        for part, found in batches.items()
        for what in ("images", "labels")
    }


def decode_batch(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Arrays:
    """Pictures (n, 3, 32, 32) and labels (n,) of one batch."""
    if member.size > LARGEST_MEMBER:
        raise DatasetUnreadable(path, f"{member.name} is larger than a batch can be.")
    file = archive.extractfile(member)
    batch = read_pickle(path, file.read() if file else b"")
    images = batch.get(b"data", np.zeros((0,), np.uint8))
    labels = np.asarray(batch.get(b"labels", []), dtype=np.int64)
    if images.ndim != 2 or images.shape[1] != 3072:
        raise DatasetUnreadable(path, f"{member.name} has rows of another length than 3,072.")
    if len(images) != len(labels):
        raise DatasetUnreadable(path, f"{member.name}: expected {len(images):,} labels, found {len(labels):,}.")
    if len(labels) and not 0 <= labels.min() <= labels.max() <= 9:
        raise DatasetUnreadable(path, f"{member.name} has labels outside 0 to 9.")
    return {"images": images.reshape(-1, 3, 32, 32), "labels": labels}
