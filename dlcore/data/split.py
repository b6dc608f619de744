"""Dividing examples into parts, before anything is measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from dlcore.fields import choice, count, number, optional_count, optional_number
from dlcore.part import Declared


class Split(Declared):
    """Which examples train, which choose settings, and which judge in the end: each is in one part only."""

    validation: float = number(
        0.1,
        low=0.0,
        high=0.9,
        help="Share of the examples by which settings are chosen; 0 for none. With the test part: 0.2 and 0.2 for some "
        "thousands of examples (60/20/20), 0.01 and 0.01 for a million (98/1/1).",
    )
    test: float | None = optional_number(
        low=0.0,
        high=0.9,
        help="Share held back for the final test. Empty: the publisher's test part, or 0.1 where there is none.",
    )
    stratified: bool = choice(
        True, help="Draw class by class, so that every part has the classes in the same proportions."
    )
    folds: int | None = optional_count(
        low=2,
        high=20,
        help="Cross-validation: divide what is not for the test into so many folds, one of which is the validation "
        "part in place of its share. 3, 5 or 10 are usual; empty for none.",
    )
    fold: int = count(1, high=20, help="Which fold is the validation part; each in turn, with the same seed.")
    train_dev: float = number(
        0.0,
        low=0.0,
        high=0.5,
        title="Train-dev",
        help="Share of the training part that is not trained on but evaluated: with a validation part of another "
        "origin, it tells variance from mismatch.",
    )
    validation_from: Literal["training", "test"] = choice(
        "training",
        help="Draw the validation part from the training examples, or from the publisher's test part when that is of "
        "the kind that matters: then all training examples train.",
    )

    @model_validator(mode="after")
    def _something_must_be_left(self) -> Self:
        if self.folds is None and self.validation + (self.test or 0.0) > 0.95:
            raise ValueError(
                f"Validation and test together may take at most 0.95 of the examples; you entered "
                f"{self.validation:g} and {self.test:g}."
            )
        return self

    @model_validator(mode="after")
    def _the_fold_must_exist(self) -> Self:
        if self.folds is not None and self.fold > self.folds:
            raise ValueError(
                f"There are {self.folds} folds, so fold may be 1 to {self.folds}; you entered {self.fold}."
            )
        return self

    @model_validator(mode="after")
    def _one_origin_of_the_validation_part(self) -> Self:
        if self.validation_from == "test" and (self.test is not None or self.folds is not None):
            raise ValueError(
                "Validation from the publisher's test part needs that part whole: leave test and folds empty."
            )
        return self


@dataclass(frozen=True, slots=True)
class Positions:
    """Which examples are in which part."""

    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def divide(labels: NDArray[Any], validation: float, test: float, seed: int, *, stratified: bool = True) -> Positions:
    """Parts of ``labels``, the same for the same seed; every example is in exactly one part."""
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    for members in shuffled_strata(labels, stratified, np.random.default_rng([seed, 1])):
        held = round(len(members) * test)
        checked = round(len(members) * validation)
        for part, chosen in zip(
            parts, np.split(members, [len(members) - held - checked, len(members) - held]), strict=True
        ):
            part.append(chosen)
    return Positions(*(np.sort(np.concatenate(part)) for part in parts))


def divide_in_folds(
    labels: NDArray[Any], folds: int, fold: int, test: float, seed: int, *, stratified: bool = True
) -> Positions:
    """The same test part for every fold; of the rest, fold number ``fold`` (from 1) checks and the others train.

    Sizes of folds differ by one at most, over all and within each class.
    """
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    dealt = 0
    for members in shuffled_strata(labels, stratified, np.random.default_rng([seed, 1])):
        rest, held = np.split(members, [len(members) - round(len(members) * test)])
        checked = (np.arange(len(rest)) + dealt) % folds == fold - 1
        dealt += len(rest)
        for part, chosen in zip(parts, (rest[~checked], rest[checked], held), strict=True):
            part.append(chosen)
    return Positions(*(np.sort(np.concatenate(part)) for part in parts))


def hold_back(
    labels: NDArray[Any], share: float, seed: int, *, stratified: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(positions that stay, positions that are held back), the latter a share of all and, nearly, of each class."""
    back = drawn(labels, round(len(labels) * share), np.random.default_rng([seed, 5]), stratified)
    return np.setdiff1d(np.arange(len(labels)), back), back


def subset(labels: NDArray[Any], size: int, seed: int, *, stratified: bool = True) -> NDArray[np.int64]:
    """Positions of ``size`` examples, the same for the same seed."""
    return drawn(labels, size, np.random.default_rng([seed, 2]), stratified)


def drawn(labels: NDArray[Any], size: int, generator: np.random.Generator, stratified: bool) -> NDArray[np.int64]:
    """Positions of ``size`` examples: class shares as equal to the whole's as whole numbers allow."""
    codes = strata(labels, stratified)
    classes, counts = np.unique(codes, return_counts=True)
    exact = counts * size / len(codes)
    take = np.floor(exact).astype(int)
    for position in np.argsort(take - exact, kind="stable")[: size - take.sum()]:
        take[position] += 1
    chosen = [generator.permutation(np.flatnonzero(codes == c))[:n] for c, n in zip(classes, take, strict=True)]
    return np.sort(np.concatenate(chosen))


def strata(labels: NDArray[Any], stratified: bool) -> NDArray[np.int64]:
    """What is drawn from separately: the classes, or everything together where targets are numbers or it was asked for."""
    if stratified and labels.ndim == 1 and np.issubdtype(labels.dtype, np.integer):
        return labels
    return np.zeros(len(labels), np.int64)


def shuffled_strata(labels: NDArray[Any], stratified: bool, generator: np.random.Generator) -> list[NDArray[np.int64]]:
    """The positions of each stratum, in random order."""
    codes = strata(labels, stratified)
    return [generator.permutation(np.flatnonzero(codes == code)) for code in np.unique(codes)]
