"""What is done to training pictures at random, whole batches at a time; never at evaluation."""

from typing import TYPE_CHECKING

from dlcore.augment.augmentation import Augmentation
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyAugmentation = Augmentation
else:
    AnyAugmentation = any_of("dlcore.augment", Augmentation)

__all__ = ["AnyAugmentation", "Augmentation"]
