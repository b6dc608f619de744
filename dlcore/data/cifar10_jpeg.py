"""CIFAR-10 as JPEG pictures."""

from __future__ import annotations

from typing import Literal

from dlcore.data.cifar10 import CLASSES
from dlcore.data.folders import locate
from dlcore.data.listing import Listing, listing_of
from dlcore.data.picture_dataset import PictureDataset
from dlcore.errors import DatasetUnreadable
from dlcore.layers.layer import Shape

NAMES = ("cifar10_jpeg/cifar10-jpeg.tar.gz", "cifar10-jpeg.tar.gz")


class CIFAR10JPEG(PictureDataset):
    """All 60,000 colour pictures of CIFAR-10, 32 × 32, but compressed as JPEG: accuracies are a little lower than on the original.

    An archive of train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg, quality 75. Say "CIFAR-10 (JPEG)" where a figure is quoted.
    Source: Krizhevsky, 2009, "Learning multiple layers of features from tiny images".
    """

    label = "CIFAR-10 (JPEG)"
    has_test_part = True

    kind: Literal["cifar10_jpeg"] = "cifar10_jpeg"

    @property
    def input_shape(self) -> Shape:
        """(3, 32, 32)."""
        return (3, 32, 32)

    @property
    def classes(self) -> int:
        """Ten."""
        return len(CLASSES)

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the publisher calls them."""
        return CLASSES

    @property
    def size(self) -> int:
        """50,000."""
        return 50_000

    def listing(self) -> Listing:
        """The pictures of the archive."""
        listing = listing_of(locate(self.name(), NAMES))
        if listing.classes != CLASSES:
            raise DatasetUnreadable(listing.path, f"its folders are not {', '.join(CLASSES)}.")
        return listing
