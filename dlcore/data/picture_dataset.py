"""What sets of pictures by class share."""

from __future__ import annotations

import numpy as np

from dlcore.data.dataset import Dataset, Examples
from dlcore.data.listing import Listing
from dlcore.data.pictures import LARGEST_BYTES, decoded_pictures
from dlcore.errors import SpecError
from dlcore.layers.fitting import picture_shape


class PictureDataset(Dataset):
    """Pictures, each in the folder of its class; ``train/`` and ``test/`` are the publisher's parts."""

    def listing(self) -> Listing:
        """Which pictures there are. Raises DatasetMissing, DatasetUnreadable, SpecError."""
        raise TypeError(f"{type(self).__name__} does not say where its pictures are")

    def check_size(self, listing: Listing) -> None:
        """All pictures together must fit into memory. Raises SpecError."""
        size = (len(listing.train) + len(listing.test)) * int(np.prod(self.input_shape))
        if size > LARGEST_BYTES:
            raise SpecError(
                "data.height",
                f"{len(listing.train) + len(listing.test):,} pictures of this size are {size / 1e9:.1f} GB; at most "
                f"{LARGEST_BYTES / 1e9:.1f} GB are trained on. Choose a smaller height and width.",
            )

    def read(self) -> tuple[Examples, Examples | None]:
        """The training pictures, and those in test/ where there is such a folder."""
        listing = self.listing()
        self.check_size(listing)
        arrays = decoded_pictures(listing, picture_shape(self.input_shape, "picture"))
        train, test = (
            Examples(arrays[f"{part}_images"], np.asarray(arrays[f"{part}_labels"]).astype(np.int64))
            for part in ("train", "test")
        )
        return train, test if len(test.labels) else None
