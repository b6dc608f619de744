"""What an augmentation declares: a random change of a batch of training pictures that does not change what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.part import Part

if TYPE_CHECKING:
    import torch


class Augmentation(Part):
    """A random change of training pictures; draws from torch's own generator, which a checkpoint keeps."""

    family = "augmentation"

    pictures_only: ClassVar[bool] = True
    """Whether rows of numbers cannot be changed in this way."""

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) -> the same shape, each picture changed by a draw of its own, on its device."""
        raise TypeError(f"{type(self).__name__} does not say what it does")
