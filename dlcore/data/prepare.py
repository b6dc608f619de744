"""From a data set's declaration to the parts that training works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dlcore.data.dataset import Dataset, Examples
from dlcore.data.missing import filled
from dlcore.data.split import Positions, Split, divide, divide_in_folds, hold_back, subset
from dlcore.errors import DatasetError, SpecError

DEFAULT_TEST = 0.1


@dataclass(frozen=True, slots=True)
class Parts:
    """float32 inputs and the labels of each part. ``train_dev`` is of the training part's origin, but not trained on.

    notes: what was done to the data that its reader should know, as sentences.
    """

    training: Examples
    validation: Examples
    test: Examples
    train_dev: Examples
    notes: tuple[str, ...] = ()

    def named(self) -> tuple[tuple[str, Examples], ...]:
        """The parts with their names; a train-dev part only where there is one."""
        always = (("training", self.training), ("validation", self.validation), ("test", self.test))
        return (*always, ("train_dev", self.train_dev)) if len(self.train_dev.labels) else always


def prepare(data: Dataset, seed: int) -> Parts:
    """Read, divide, and only then preprocess, with statistics of the training part. Raises DatasetError, SpecError."""
    given, published_test = data.read()
    parts = cut(given, published_test, data.split, seed)
    stratified = data.split.stratified
    if data.train_size is not None and data.train_size < len(parts.training.labels):
        chosen = subset(parts.training.labels, data.train_size, seed, stratified=stratified)
        parts = replace(parts, training=take(parts.training, chosen))
    if not len(parts.training.labels):
        raise DatasetError("No training examples are left after the split. Make the validation and test parts smaller.")
    return preprocess(data, parts)


def cut(given: Examples, published_test: Examples | None, split: Split, seed: int) -> Parts:
    """The parts; the publisher's test part is taken where there is one and no other share was asked for."""
    if split.validation_from == "test":
        return cut_by_origin(given, published_test, split, seed)
    published = published_test if split.test is None else None
    positions = positions_of(given, published, split, seed)
    test = published or take(given, positions.test)
    training, train_dev = divide_training(take(given, positions.training), split, seed)
    return Parts(training, take(given, positions.validation), test, train_dev)


def positions_of(given: Examples, published: Examples | None, split: Split, seed: int) -> Positions:
    """Which of the given examples are in which part; where the publisher's test part is taken, none is held back for it."""
    share = split.test if split.test is not None else 0.0 if published else DEFAULT_TEST
    if split.folds is not None:
        return divide_in_folds(given.labels, split.folds, split.fold, share, seed, stratified=split.stratified)
    return divide(given.labels, split.validation, share, seed, stratified=split.stratified)


def raw_test_part(data: Dataset, seed: int) -> Examples:
    """The test part of ``prepare(data, seed)`` as it was read, before preprocessing; nothing else is copied.

    Raises DatasetError.
    """
    given, published_test = data.read()
    split = data.split
    if split.validation_from == "test" and published_test is not None:
        positions = divide(published_test.labels, split.validation, 0.0, seed, stratified=split.stratified)
        return take(published_test, positions.training)
    published = published_test if split.test is None else None
    return published or take(given, positions_of(given, published, split, seed).test)


def cut_by_origin(given: Examples, published_test: Examples | None, split: Split, seed: int) -> Parts:
    """All given examples train; validation and test are both of the publisher's test part, so of one distribution."""
    if published_test is None:
        raise SpecError(
            "data.split.validation_from",
            "This data set has no test part of its own, so the validation part cannot be drawn from it.",
        )
    positions = divide(published_test.labels, split.validation, 0.0, seed, stratified=split.stratified)
    training, train_dev = divide_training(given, split, seed)
    return Parts(
        training, take(published_test, positions.validation), take(published_test, positions.training), train_dev
    )


def divide_training(training: Examples, split: Split, seed: int) -> tuple[Examples, Examples]:
    """What is trained on, and the train-dev part."""
    if not split.train_dev or not len(training.labels):
        return training, take(training, np.arange(0))
    stay, back = hold_back(training.labels, split.train_dev, seed, stratified=split.stratified)
    return take(training, stay), take(training, back)


def take(examples: Examples, positions: np.ndarray) -> Examples:
    """The examples at ``positions``."""
    return Examples(examples.inputs[positions], examples.labels[positions])


def preprocess(data: Dataset, parts: Parts) -> Parts:
    """Missing values, then each step in turn: fitted on the training part, applied to all."""
    whole = (parts.training, parts.validation, parts.test, parts.train_dev)
    inputs = [np.asarray(part.inputs, dtype=np.float32) for part in whole]
    note = None
    if np.issubdtype(parts.training.inputs.dtype, np.floating):
        inputs, note = filled(inputs, data.feature_names)
    for step in data.preprocess:
        apply = step.fit(inputs[0])
        inputs = [apply(part) for part in inputs]
    training, validation, test, train_dev = (
        Examples(made, part.labels) for made, part in zip(inputs, whole, strict=True)
    )
    return Parts(training, validation, test, train_dev, notes=tuple(filter(None, (note, emptied(data.split, parts)))))


def emptied(split: Split, parts: Parts) -> str | None:
    """A sentence about a part that was asked for and is empty, because shares of small classes round to nothing."""
    wanted = (("validation", split.validation, parts.validation), ("test", split.test or 0.0, parts.test))
    empty = [f"{name} part ({share:g})" for name, share, part in wanted if share and not len(part.labels)]
    if not empty:
        return None
    return f"The {' and the '.join(empty)} came out empty: such a share of each class is none. Make it larger, or do not stratify."
