"""Losses against their formulas in NumPy, float64."""

import numpy as np
import pytest
import torch

from dlcore.losses.softmax import Softmax
from dlcore.losses.svm import SVM

SCORES = np.random.default_rng(0).normal(size=(8, 5))
LABELS = np.array([0, 1, 2, 3, 4, 0, 2, 4])


def value(loss: Softmax | SVM, scores: np.ndarray) -> float:
    return float(loss.build()(torch.tensor(scores), torch.tensor(LABELS)))


def hinge(scores: np.ndarray, margin: float, power: int) -> float:
    right = scores[np.arange(len(LABELS)), LABELS][:, None]
    violations = np.maximum(0, scores - right + margin) ** power
    violations[np.arange(len(LABELS)), LABELS] = 0  # j ≠ y: the right class adds no constant
    return float(violations.sum(1).mean())


def test_softmax_is_the_negative_log_probability_of_the_right_class() -> None:
    shifted = SCORES - SCORES.max(1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    assert value(Softmax(), SCORES) == pytest.approx(-np.log(probabilities[np.arange(8), LABELS]).mean(), rel=1e-12)


def test_softmax_does_not_overflow() -> None:
    assert np.isfinite(value(Softmax(), SCORES + 1e4))
    assert np.isfinite(value(Softmax(), SCORES * 1e4))


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("margin", [1.0, 0.5, 10.0])
def test_the_hinge_is_its_formula(margin: float, squared: bool) -> None:
    assert value(SVM(margin=margin, squared=squared), SCORES) == pytest.approx(
        hinge(SCORES, margin, 1 + squared), rel=1e-12
    )


def test_the_expected_first_values() -> None:
    zero = np.zeros_like(SCORES)
    assert value(Softmax(), zero) == pytest.approx(Softmax().initial(5))
    assert value(SVM(), zero) == pytest.approx(SVM().initial(5)) == 4.0
    assert value(SVM(margin=2, squared=True), zero) == pytest.approx(SVM(margin=2, squared=True).initial(5)) == 16.0
