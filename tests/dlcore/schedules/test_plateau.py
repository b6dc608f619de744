"""Drops when the validation part stops getting better."""

from collections.abc import Mapping

import pytest

from dlcore.schedules.constant import Constant
from dlcore.schedules.plateau import Plateau


def rates(schedule: Plateau, values: list[float], key: str = "validation/loss") -> list[float]:
    """The multiplier in the epoch after each evaluation."""
    memory: Mapping[str, float] = {}
    seen = []
    for epoch, value in enumerate(values, 1):
        memory = schedule.observe(memory, {key: value})
        seen.append(schedule.at(epoch, len(values), memory))
    return seen


def test_it_halves_after_so_many_evaluations_without_a_better_one() -> None:
    schedule = Plateau(factor=0.5, patience=2)
    assert rates(schedule, [1.0, 0.9, 0.9, 0.95, 0.8, 0.85, 0.81]) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_the_waiting_begins_anew_after_a_drop() -> None:
    assert rates(Plateau(factor=0.1, patience=2), [1.0] * 6) == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_it_never_falls_below_the_floor() -> None:
    assert rates(Plateau(factor=0.1, patience=1, floor=0.05), [1.0] * 4) == [1, 0.1, 0.05, 0.05]


def test_a_higher_accuracy_is_better() -> None:
    schedule = Plateau(metric="accuracy", patience=1)
    assert rates(schedule, [0.5, 0.6, 0.7, 0.7], "validation/accuracy") == [1, 1, 1, 0.5]


def test_a_loss_that_is_not_a_number_is_not_better() -> None:
    assert rates(Plateau(patience=1), [1.0, float("nan"), 0.5]) == [1, 0.5, 0.5]


def test_without_a_validation_part_nothing_drops() -> None:
    assert Plateau(patience=1).observe({}, {"train/accuracy": 0.5}) == {}


def test_observing_is_pure() -> None:
    memory = {"factor": 1.0, "best": 0.5, "waited": 0.0}
    again = [Plateau(patience=1).observe(memory, {"validation/loss": 0.6}) for _ in range(2)]
    assert memory == {"factor": 1.0, "best": 0.5, "waited": 0.0}
    assert again[0] == again[1] == {"factor": 0.5, "best": 0.5, "waited": 0}


def test_other_schedules_remember_nothing() -> None:
    assert Constant().observe({}, {"validation/loss": 1.0}) == {}
