"""What a data set declares: the shape of its examples, its targets, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from dlcore.augment import AnyAugmentation
from dlcore.data.split import Split
from dlcore.errors import SpecError
from dlcore.fields import optional_count
from dlcore.layers import Shape
from dlcore.part import Part
from dlcore.preprocess import AnyPreprocessing
from dlcore.preprocess.standardise import Standardise

Task = Literal["classification", "regression", "multilabel"]


@dataclass(frozen=True, slots=True)
class Examples:
    """inputs: uint8 or float32, (n, features) or (n, channels, height, width); a NaN is a missing value.

    labels: int64 (n,) for classification; float32 (n, outputs) for regression, in the data's own units, and for
    multilabel, where each is 0 or 1.
    """

    inputs: NDArray[np.generic]
    labels: NDArray[Any]


class Dataset(Part):
    """Labelled examples."""

    family = "data"

    has_test_part: ClassVar[bool | None] = False
    """Whether the publisher gives a test part; None where only the file tells."""

    train_size: int | None = optional_count(
        high=10_000_000, title="Training examples", help="Use only this many training examples; empty uses all."
    )
    split: Split = Split()
    preprocess: tuple[AnyPreprocessing, ...] = (Standardise(),)
    augment: tuple[AnyAugmentation, ...] = ()

    @model_validator(mode="after")
    def _validation_comes_from_somewhere(self) -> Self:
        if self.has_test_part is False and self.split.validation_from == "test":
            raise ValueError(
                "This data set has no test part of its own, so the validation part cannot be drawn from it."
            )
        return self

    @property
    def task(self) -> Task:
        """What is learnt: one of some classes, numbers, or which of some labels apply."""
        return "classification"

    @property
    def input_shape(self) -> Shape:
        """The shape of one example as it is read: a number for each of ``feature_names``, where a data set has rows of them."""
        names = self.feature_names
        if not names:
            raise TypeError(f"{type(self).__name__} does not say its shape")
        return (len(names),)

    @property
    def network_shape(self) -> Shape:
        """The shape of one example after preprocessing: what the network is given. Raises SpecError."""
        shape = self.input_shape
        for position, step in enumerate(self.preprocess):
            try:
                shape = step.output_shape(shape)
            except SpecError as error:
                raise SpecError(f"data.preprocess.{position}{error.path and '.'}{error.path}", str(error)) from error
        for change in self.augment:
            if change.pictures_only and len(shape) != 3:
                raise SpecError(
                    "data.augment", f"{change.name()} changes pictures, but the network is given rows of numbers."
                )
        return shape

    @property
    def classes(self) -> int:
        """How many classes there are, or labels that may apply; for regression, how many numbers are predicted."""
        raise TypeError(f"{type(self).__name__} does not say its classes")

    @property
    def outputs(self) -> int:
        """How many scores the network makes for an example."""
        return self.classes

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called."""
        return tuple(str(number) for number in range(self.classes))

    @property
    def target_names(self) -> tuple[str, ...]:
        """What each of the network's scores stands for."""
        return self.class_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the numbers of a row are called; empty where they have no names."""
        return ()

    @property
    def size(self) -> int:
        """How many examples there are before the split, the publisher's test part not counted."""
        raise TypeError(f"{type(self).__name__} does not say its size")

    def read(self) -> tuple[Examples, Examples | None]:
        """All examples, and the publisher's own test part where there is one.

        Raises DatasetMissing, DatasetUnreadable.
        """
        raise TypeError(f"{type(self).__name__} does not say how it is read")
