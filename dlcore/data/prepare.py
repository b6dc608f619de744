"""From a data set's declaration to the three parts that training works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dlcore.data.dataset import Dataset, Examples
from dlcore.data.split import Split, divide, subset
from dlcore.errors import DatasetError

DEFAULT_TEST = 0.1


@dataclass(frozen=True, slots=True)
class Parts:
    """float32 inputs and int64 labels of each part."""

    training: Examples
    validation: Examples
    test: Examples

    def named(self) -> tuple[tuple[str, Examples], ...]:
        """The parts with their names."""
        return (("training", self.training), ("validation", self.validation), ("test", self.test))


def prepare(data: Dataset, seed: int) -> Parts:
    """Read, divide, and only then preprocess, with statistics of the training part. Raises DatasetError."""
    given, published_test = data.read()
    parts = cut(given, published_test, data.split, seed)
    if data.train_size is not None and data.train_size < len(parts.training.labels):
        parts = replace(parts, training=take(parts.training, subset(parts.training.labels, data.train_size, seed)))
    if not len(parts.training.labels):
        raise DatasetError("No training examples are left after the split. Make the validation and test parts smaller.")
    return preprocess(data, parts)


def cut(given: Examples, published_test: Examples | None, split: Split, seed: int) -> Parts:
    """The parts; the publisher's test part is taken where there is one and no other share was asked for."""
    published = published_test if split.test is None else None
    share = split.test if split.test is not None else 0.0 if published else DEFAULT_TEST
    positions = divide(given.labels, split.validation, share, seed)
    test = published or take(given, positions.test)
    return Parts(take(given, positions.training), take(given, positions.validation), test)


def take(examples: Examples, positions: np.ndarray) -> Examples:
    """The examples at ``positions``."""
    return Examples(examples.inputs[positions], examples.labels[positions])


def preprocess(data: Dataset, parts: Parts) -> Parts:
    """Each step in turn: fitted on the training part, applied to all."""
    inputs = [np.asarray(part.inputs, dtype=np.float32) for part in (parts.training, parts.validation, parts.test)]
    for step in data.preprocess:
        apply = step.fit(inputs[0])
        inputs = [apply(part) for part in inputs]
    return Parts(
        Examples(inputs[0], parts.training.labels),
        Examples(inputs[1], parts.validation.labels),
        Examples(inputs[2], parts.test.labels),
    )
