"""What a data set declares: the shape of its examples, its classes, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlcore.augment import AnyAugmentation
from dlcore.data.split import Split
from dlcore.fields import optional_count
from dlcore.layers import Shape
from dlcore.part import Part
from dlcore.preprocess import AnyPreprocessing
from dlcore.preprocess.standardise import Standardise


@dataclass(frozen=True, slots=True)
class Examples:
    """inputs: uint8 or float32, (n, features) or (n, channels, height, width); labels: int64 (n,)."""

    inputs: NDArray[np.generic]
    labels: NDArray[np.int64]


class Dataset(Part):
    """Labelled examples."""

    family = "data"

    train_size: int | None = optional_count(
        high=10_000_000, title="Training examples", help="Use only this many training examples; empty uses all."
    )
    split: Split = Split()
    preprocess: tuple[AnyPreprocessing, ...] = (Standardise(),)
    augment: tuple[AnyAugmentation, ...] = ()

    @property
    def input_shape(self) -> Shape:
        """The shape of one example."""
        raise TypeError(f"{type(self).__name__} does not say its shape")

    @property
    def classes(self) -> int:
        """How many classes there are."""
        raise TypeError(f"{type(self).__name__} does not say its classes")

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called."""
        return tuple(str(number) for number in range(self.classes))

    @property
    def size(self) -> int:
        """How many examples there are before the split, the publisher's test part not counted."""
        raise TypeError(f"{type(self).__name__} does not say its size")

    def read(self) -> tuple[Examples, Examples | None]:
        """All examples, and the publisher's own test part where there is one.

        Raises DatasetMissing, DatasetUnreadable.
        """
        raise TypeError(f"{type(self).__name__} does not say how it is read")
