"""The gap between training and validation is positive when a model overfits."""

import pytest

from dlcore import scores
from dlcore.gaps import gaps


def test_a_loss_that_is_higher_on_validation_is_a_positive_gap() -> None:
    assert gaps({"train": {"loss": 0.25}, "validation": {"loss": 0.75}}) == {"gap/loss": 0.5}


def test_an_accuracy_that_is_higher_on_training_is_a_positive_gap() -> None:
    assert gaps({"train": {"accuracy": 1.0}, "validation": {"accuracy": 0.75}}) == {"gap/accuracy": 0.25}


def test_other_metrics_follow_whichever_way_is_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcore.gaps.HIGHER_IS_BETTER", {*scores.HIGHER_IS_BETTER, "r2"})
    evaluated = {"train": {"r2": 1.0, "mae": 0.5}, "validation": {"r2": 0.5, "mae": 2.0}}
    assert gaps(evaluated) == {"gap/r2": 0.5, "gap/mae": 1.5}


def test_a_metric_of_one_part_alone_has_no_gap() -> None:
    assert gaps({"train": {"loss": 1.0, "accuracy": 1.0}, "validation": {"loss": 2.0}}) == {"gap/loss": 1.0}
    assert gaps({"train": {"loss": 1.0}}) == {}
