"""A folder of pictures by class."""

from __future__ import annotations

from typing import Literal

from dlcore.data.inside import find_inside, problem_of
from dlcore.data.listing import Listing, listing_of
from dlcore.data.picture_dataset import PictureDataset
from dlcore.errors import SpecError
from dlcore.fields import choice, count, text
from dlcore.layers.layer import Shape


class ImageFolder(PictureDataset):
    """Pictures of yours: a folder, or a .zip or .tar archive of one, with a folder for each class: cats/1.jpg, dogs/1.jpg.

    Where the folders are train/ and test/, with the classes in them, test/ is the test part. PNG, JPEG, BMP, GIF and WebP
    pictures are brought to one size, (channels, height, width), by stretching; a class is called as its folder.
    """

    label = "Folder of pictures"
    has_test_part = None

    kind: Literal["image_folder"] = "image_folder"
    path: str = text("", help="The folder or archive, within the folder that DESCENT_DATA names, such as pets.zip.")
    height: int = count(32, high=1024, help="Pixels from top to bottom that each picture is brought to.")
    width: int = count(32, high=1024, help="Pixels from left to right that each picture is brought to.")
    channels: Literal["RGB", "grey"] = choice("RGB", title="Colours", help="Three channels, or one.")

    @property
    def input_shape(self) -> Shape:
        """(3 or 1, height, width)."""
        return (3 if self.channels == "RGB" else 1, self.height, self.width)

    @property
    def classes(self) -> int:
        """As many as there are folders."""
        return len(self.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the folders."""
        with problem_of():
            listing = self.listing()
        self.check_size(listing)
        if self.split.validation_from == "test" and not listing.test:
            raise SpecError(
                "data.split.validation_from", f"{self.path} has no folder test/ to draw the validation part from."
            )
        return listing.classes

    @property
    def size(self) -> int:
        """Pictures outside test/."""
        with problem_of():
            return len(self.listing().train)

    def listing(self) -> Listing:
        """The pictures at ``path``."""
        return listing_of(find_inside(self.name(), self.path))
