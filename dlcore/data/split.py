"""Dividing examples into a training, a validation and a test part, before anything is measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from dlcore.fields import number, optional_number
from dlcore.part import Declared


class Split(Declared):
    """Shares of the examples, drawn class by class, so that every part has the classes in the same proportions."""

    validation: float = number(
        0.1, low=0.0, high=0.9, help="Share of the examples by which settings are chosen; 0 for none."
    )
    test: float | None = optional_number(
        low=0.0,
        high=0.9,
        help="Share held back for the final test. Empty: the publisher's test part, or 0.1 where there is none.",
    )

    @model_validator(mode="after")
    def _something_must_be_left(self) -> Self:
        if self.validation + (self.test or 0.0) > 0.95:
            raise ValueError(
                f"Validation and test together may take at most 0.95 of the examples; you entered "
                f"{self.validation:g} and {self.test:g}."
            )
        return self


@dataclass(frozen=True, slots=True)
class Positions:
    """Which examples are in which part."""

    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def divide(labels: NDArray[np.int64], validation: float, test: float, seed: int) -> Positions:
    """Stratified parts of ``labels``, the same for the same seed; every example is in exactly one part."""
    generator = np.random.default_rng([seed, 1])
    parts: tuple[list[NDArray[np.int64]], ...] = ([], [], [])
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        held = round(len(members) * test)
        checked = round(len(members) * validation)
        for part, chosen in zip(
            parts, np.split(members, [len(members) - held - checked, len(members) - held]), strict=True
        ):
            part.append(chosen)
    return Positions(*(np.sort(np.concatenate(part)) for part in parts))


def subset(labels: NDArray[np.int64], size: int, seed: int) -> NDArray[np.int64]:
    """Positions of ``size`` examples, stratified: class shares as equal to the whole's as whole numbers allow."""
    generator = np.random.default_rng([seed, 2])
    classes, counts = np.unique(labels, return_counts=True)
    exact = counts * size / len(labels)
    take = np.floor(exact).astype(int)
    for position in np.argsort(take - exact, kind="stable")[: size - take.sum()]:
        take[position] += 1
    chosen = [generator.permutation(np.flatnonzero(labels == c))[:n] for c, n in zip(classes, take, strict=True)]
    return np.sort(np.concatenate(chosen))
