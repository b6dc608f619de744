"""What MNIST and the sets in its format share."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np

from dlcore.data.cache import Arrays, decoded
from dlcore.data.dataset import Dataset, Examples
from dlcore.data.folders import Source, locate
from dlcore.data.idx import read_idx
from dlcore.errors import DatasetUnreadable
from dlcore.layers.layer import Shape

FILES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}


class IdxDataset(Dataset):
    """60,000 + 10,000 grey pictures of 28 × 28 in ten classes."""

    has_test_part = True
    folder: ClassVar[str]
    address: ClassVar[str]
    checksums: ClassVar[dict[str, str]]

    @property
    def input_shape(self) -> Shape:
        """(1, 28, 28)."""
        return (1, 28, 28)

    @property
    def classes(self) -> int:
        """Ten."""
        return 10

    @property
    def size(self) -> int:
        """60,000."""
        return 60_000

    def read(self) -> tuple[Examples, Examples | None]:
        """The training and the publisher's test pictures, bytes."""
        paths = {role: self.locate(role) for role in FILES}
        arrays = decoded(tuple(paths.values()), lambda: self.decode(paths))
        return self.part(arrays, "train"), self.part(arrays, "test")

    def locate(self, role: str) -> Path:
        """Where one of the four files is."""
        name = FILES[role]
        source = Source(self.address + name, self.checksums[role])
        plain = name.removesuffix(".gz")
        return locate(self.name(), (f"{self.folder}/{name}", f"{self.folder}/{plain}"), source)

    @staticmethod
    def decode(paths: dict[str, Path]) -> Arrays:
        """The four arrays, which must fit each other."""
        arrays: Arrays = {}
        for part in ("train", "test"):
            images, labels = paths[f"{part}_images"], paths[f"{part}_labels"]
            arrays[f"{part}_images"] = read_idx(images, 3)
            arrays[f"{part}_labels"] = read_idx(labels, 1)
            count, found = len(arrays[f"{part}_images"]), len(arrays[f"{part}_labels"])
            if count != found:
                raise DatasetUnreadable(labels, f"expected {count:,} labels, found {found:,}.")
            if arrays[f"{part}_images"].shape[1:] != (28, 28):
                raise DatasetUnreadable(images, "its pictures are not 28 × 28.")
            if found and arrays[f"{part}_labels"].max() > 9:
                raise DatasetUnreadable(
                    labels, f"it has the label {arrays[f'{part}_labels'].max()}, but classes go from 0 to 9."
                )
        return arrays

    @staticmethod
    def part(arrays: Arrays, part: str) -> Examples:
        """One part as examples."""
        images = arrays[f"{part}_images"]
        return Examples(images.reshape(len(images), 1, 28, 28), np.asarray(arrays[f"{part}_labels"]).astype(np.int64))
