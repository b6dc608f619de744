"""Arrays in an .npz file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlcore.data.dataset import Dataset, Examples, Task
from dlcore.data.inside import find_inside, problem_of
from dlcore.data.npz_headers import MOST_LABELS, Header, array_of, headers, largest_of
from dlcore.errors import DatasetUnreadable, SpecError
from dlcore.fields import choice, text
from dlcore.layers.layer import Shape

TRAINING = (("x", "y"), ("inputs", "labels"), ("x_train", "y_train"), ("train_inputs", "train_labels"))
TEST = (("x_test", "y_test"), ("test_inputs", "test_labels"))
MOST_CLASSES = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """The arrays that are examples: names and headers of inputs and labels, and the names of a test part's."""

    path: Path
    names: tuple[str, str]
    test: tuple[str, str] | None
    inputs: Header
    labels: Header


class NPZArrays(Dataset):
    """Arrays of yours in a file of numpy.savez: inputs x and labels y, and where you have them x_test and y_test.

    The names may be inputs and labels, or x_train and y_train as well. x: (n, features); (n, height, width) for grey
    pictures; (n, channels, height, width), or with the channels last. y: (n) whole numbers from 0 for classes; (n) or
    (n, numbers) for regression; (n, labels) of 0 and 1. A NaN in x is a missing value. Files with Python objects are
    refused.
    """

    label = "NumPy arrays (.npz)"
    has_test_part = None

    kind: Literal["npz"] = "npz"
    path: str = text("", help="The file, within the folder that DESCENT_DATA names, such as mine/digits.npz.")
    predict: Literal["classification", "regression", "multilabel"] = choice(
        "classification",
        title="Task",
        help="One of some classes, numbers, or labels of which several may apply (0 or 1).",
    )
    channels: Literal["auto", "first", "last"] = choice(
        "auto", title="Channels", help="Where pictures have them; auto: the one of the two that is 1, 3 or 4."
    )

    @property
    def task(self) -> Task:
        """As declared."""
        return self.predict

    @property
    def input_shape(self) -> Shape:
        """(features,) or (channels, height, width)."""
        with problem_of():
            return self.example_shape(self.found())

    @property
    def classes(self) -> int:
        """One more than the largest label; or how many numbers or labels y has for an example."""
        with problem_of():
            found = self.found()
            return self.classes_of(found) if self.predict == "classification" else width_of(found.labels)

    @property
    def target_names(self) -> tuple[str, ...]:
        """Numbers, as arrays have no names."""
        return self.class_names

    @property
    def size(self) -> int:
        """Examples outside the test part."""
        with problem_of():
            return self.found().inputs.shape[0]

    def read(self) -> tuple[Examples, Examples | None]:
        """The arrays, and those of the test part where there are such."""
        found = self.found()
        classes = self.classes_of(found) if self.predict == "classification" else 0
        train, test = self.examples(found, found.names, classes), None
        if found.test:
            test = self.examples(found, found.test, classes)
            if test.inputs.shape[1:] != train.inputs.shape[1:] or test.labels.shape[1:] != train.labels.shape[1:]:
                raise DatasetUnreadable(found.path, f"{found.test[0]} is of another shape than {found.names[0]}.")
        return train, test

    def found(self) -> Found:
        """Which arrays there are. Raises DatasetMissing, DatasetUnreadable, SpecError."""
        path = find_inside(self.name(), self.path)
        if not path.is_file():
            raise DatasetUnreadable(path, "it is a folder; Path must name a file.")
        found, known = found_in(path), headers(path)
        if self.split.validation_from == "test" and found.test is None:
            raise SpecError("data.split.validation_from", f"{path.name} has no x_test and y_test to draw from.")
        for pair in (found.names, found.test) if found.test else (found.names,):
            check(path, pair, (known[pair[0]], known[pair[1]]), self.predict)
        return found

    def example_shape(self, found: Found) -> Shape:
        """The shape of one example as it is read."""
        shape = found.inputs.shape[1:]
        if len(shape) == 2:
            return (1, *shape)
        return (shape[2], *shape[:2]) if len(shape) == 3 and self.is_channels_last(shape) else shape or (1,)

    def is_channels_last(self, shape: Shape) -> bool:
        """Whether pictures of three axes have their channels as the last one."""
        if self.channels != "auto":
            return self.channels == "last"
        return shape[0] not in (1, 3, 4) and shape[2] in (1, 3, 4)

    def classes_of(self, found: Found) -> int:
        """One more than the largest label of both parts."""
        facts = found.path.stat()
        labels = [pair[1] for pair in (found.names, found.test) if pair]
        ends = [largest_of(found.path, name, facts.st_size, facts.st_mtime_ns) for name in labels]
        smallest, largest = min(end[0] for end in ends), max(end[1] for end in ends)
        if smallest < 0 or largest >= MOST_CLASSES:
            raise DatasetUnreadable(
                found.path,
                f"its labels go from {smallest:g} to {largest:g}; classes are numbered 0 to {MOST_CLASSES - 1:,} at most.",
            )
        return max(2, int(largest) + 1)

    def examples(self, found: Found, names: tuple[str, str], classes: int) -> Examples:
        """One part."""
        x, y = (array_of(found.path, name) for name in names)
        with np.errstate(over="ignore"):  # it is looked for below
            inputs = x if x.dtype == np.uint8 else x.astype(np.float32)
        if np.isinf(inputs).any():
            raise DatasetUnreadable(found.path, f"{names[0]} holds an infinite number, or one too large for float32.")
        if inputs.ndim == 4 and self.is_channels_last(inputs.shape[1:]):
            inputs = inputs.transpose(0, 3, 1, 2)
        elif inputs.ndim in (1, 3):
            inputs = inputs[:, None]
        return Examples(np.ascontiguousarray(inputs), self.labels(found, names[1], y, classes))

    def labels(self, found: Found, name: str, y: NDArray[Any], classes: int) -> NDArray[Any]:
        """The targets as the task wants them."""
        if classes:
            return y.reshape(len(y)).astype(np.int64)
        targets = y.reshape(len(y), -1).astype(np.float32)
        if not np.isfinite(targets).all():
            raise DatasetUnreadable(found.path, f"{name} has values that are missing or infinite.")
        if self.predict == "multilabel" and not np.isin(targets, (0, 1)).all():
            raise DatasetUnreadable(found.path, f"{name} holds other numbers than 0 and 1.")
        return targets


def found_in(path: Path) -> Found:
    """Which arrays of the file are examples, by their names. Raises DatasetUnreadable."""
    known = headers(path)
    names = next((pair for pair in TRAINING if set(pair) <= known.keys()), None)
    if names is None:
        held = ", ".join(list(known)[:12]) or "none"
        raise DatasetUnreadable(path, f"expected arrays x and y, or inputs and labels; it has {held}.")
    test = next((pair for pair in TEST if set(pair) <= known.keys()), None)
    return Found(path, names, test, known[names[0]], known[names[1]])


def width_of(labels: Header) -> int:
    """How many numbers an example's target has."""
    return int(np.prod(labels.shape[1:], dtype=np.int64))


def check(path: Path, names: tuple[str, str], arrays: tuple[Header, Header], task: Task) -> None:
    """Headers that can be examples. Raises DatasetUnreadable, SpecError."""
    (x, y), (inputs, labels) = names, arrays
    if not 1 <= len(inputs.shape) <= 4 or 0 in inputs.shape:
        raise DatasetUnreadable(path, f"{x} has the shape {inputs.shape}; expected (examples, features) or pictures.")
    if not 1 <= len(labels.shape) <= 2 or labels.shape[0] != inputs.shape[0]:
        raise DatasetUnreadable(path, f"{x} has {inputs.shape[0]:,} examples, but {y} has the shape {labels.shape}.")
    if int(np.prod(labels.shape, dtype=object)) > MOST_LABELS or width_of(labels) == 0:
        raise DatasetUnreadable(path, f"{y} has the shape {labels.shape}; expected up to {MOST_LABELS:,} numbers.")
    if task == "classification" and (labels.kind == "f" or width_of(labels) != 1):
        raise SpecError(
            "data.predict",
            f"Classes are one whole number for each example, but {y} has the shape {labels.shape}"
            f"{' and holds fractions' if labels.kind == 'f' else ''}. Choose another task.",
        )
