"""Every declared loss: its value by NumPy and SciPy, its gradient by differences, in float64."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.losses import Loss
from dlcore.losses.absolute_error import AbsoluteError
from dlcore.losses.huber import Huber
from dlcore.losses.softmax import Softmax
from dlcore.losses.squared_error import SquaredError
from dlcore.losses.svm import SVM
from dlcore.part import discover
from tests.dlcore.losses.references import REFERENCES, Formula, mean, value

BATCH, OUTPUTS = 8, 5
RANDOM = np.random.default_rng(0)
SCORES = RANDOM.normal(size=(BATCH, OUTPUTS))
TARGETS = {
    "classification": np.array([0, 1, 2, 3, 4, 0, 2, 4]),
    "regression": RANDOM.normal(size=(BATCH, OUTPUTS)),
    "multilabel": RANDOM.integers(0, 2, size=(BATCH, OUTPUTS)).astype(np.float64),
}
each_loss = pytest.mark.parametrize(("loss", "formula"), REFERENCES, ids=[repr(loss) for loss, _ in REFERENCES])


def targets_of(loss: Loss) -> Any:
    return TARGETS[loss.tasks[0]]


def gradient(loss: Loss, scores: Any, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    at = torch.tensor(scores, dtype=dtype, requires_grad=True)
    loss.build()(at, torch.as_tensor(targets_of(loss))).backward()
    assert at.grad is not None
    return at.grad


def test_every_loss_has_a_reference_here() -> None:
    declared = {part.kinds()[0] for part in discover("dlcore.losses", Loss)}
    assert {loss.kind for loss, _ in REFERENCES} == declared


def test_every_loss_says_for_which_tasks_it_is() -> None:
    for part in discover("dlcore.losses", Loss):
        assert part.tasks
        assert set(part.tasks) <= TARGETS.keys()


@each_loss
def test_the_value_is_the_formulas(loss: Loss, formula: Formula) -> None:
    assert value(loss, SCORES, targets_of(loss)) == pytest.approx(mean(formula, SCORES, targets_of(loss)), rel=1e-12)


@each_loss
def test_scores_of_ten_thousand_neither_overflow_nor_lose_the_value(loss: Loss, formula: Formula) -> None:
    signs = np.where(np.arange(BATCH * OUTPUTS).reshape(BATCH, OUTPUTS) % 3, 1.0, -1.0)
    for scores in (SCORES + 1e4, SCORES - 1e4, signs * 1e4):
        assert value(loss, scores, targets_of(loss)) == pytest.approx(
            mean(formula, scores, targets_of(loss)), rel=1e-9, abs=1e-9
        )
        for dtype in (torch.float32, torch.float64):
            assert math.isfinite(value(loss, scores, targets_of(loss), dtype))
            assert gradient(loss, scores, dtype).isfinite().all()


@each_loss
def test_the_gradient_passes_torchs_own_check(loss: Loss, formula: Formula) -> None:
    scores = torch.tensor(SCORES, requires_grad=True)
    assert torch.autograd.gradcheck(loss.build(), (scores, torch.as_tensor(targets_of(loss))))


@each_loss
def test_the_gradient_is_the_slope_of_the_formula(loss: Loss, formula: Formula) -> None:
    h = 1e-5
    slopes = np.zeros_like(SCORES)
    for place in np.ndindex(*SCORES.shape):
        step = np.zeros_like(SCORES)
        step[place] = h
        up, down = (mean(formula, SCORES + sign * step, targets_of(loss)) for sign in (1, -1))
        slopes[place] = (up - down) / (2 * h)
    ours = gradient(loss, SCORES).numpy()
    error = np.abs(ours - slopes) / np.maximum(np.maximum(np.abs(ours), np.abs(slopes)), 1e-3)
    assert error.max() < 1e-6


@each_loss
def test_the_value_at_the_start_is_the_declared_one(loss: Loss, formula: Formula) -> None:
    expected = loss.initial(OUTPUTS)
    if expected is None:  # it follows from the targets, not from the number of outputs
        assert loss.tasks == ("regression",)
    else:
        assert value(loss, np.zeros_like(SCORES), targets_of(loss)) == pytest.approx(expected, rel=1e-12)


def test_the_values_at_the_start_that_people_know() -> None:
    initial = {kind: loss.initial(10) for loss, _ in reversed(REFERENCES) for kind in [loss.kind]}
    assert initial["softmax"] == pytest.approx(2.3026, abs=5e-5)
    assert initial["svm"] == 9.0
    assert SVM(margin=2, squared=True).initial(5) == 16.0
    assert initial["multilabel_hinge"] == 10.0
    assert initial["multilabel_logistic"] == pytest.approx(6.9315, abs=5e-5)
    assert initial["squared_error_sigmoid"] == 2.5


@each_loss
def test_the_value_does_not_follow_the_size_of_the_batch(loss: Loss, formula: Formula) -> None:
    twice = np.concatenate([SCORES, SCORES])
    targets = np.concatenate([targets_of(loss)] * 2)
    assert value(loss, twice, targets) == pytest.approx(value(loss, SCORES, targets_of(loss)), rel=1e-12)


@pytest.mark.parametrize("loss", [SquaredError(), AbsoluteError(), Huber()], ids=lambda loss: loss.kind)
def test_errors_are_summed_over_the_outputs_and_averaged_over_the_batch(loss: Loss) -> None:
    outputs, targets = np.zeros((4, 3)), np.full((4, 3), 2.0)
    one = value(loss, outputs[:1, :1], targets[:1, :1])
    assert value(loss, outputs, targets) == pytest.approx(3 * one)


@pytest.mark.parametrize("loss", [SquaredError(), AbsoluteError(), Huber()], ids=lambda loss: loss.kind)
def test_a_column_of_outputs_is_not_compared_with_every_target_of_the_batch(loss: Loss) -> None:
    outputs, targets = SCORES[:, :1], TARGETS["regression"][:, 0]
    assert value(loss, outputs, targets) == pytest.approx(value(loss, outputs, targets[:, None]), rel=1e-12)


def test_an_outlier_pulls_hubers_outputs_no_harder_than_its_delta() -> None:
    far = np.array(TARGETS["regression"]) + 100.0
    assert gradient(Huber(delta=0.3), far).abs().max().item() * BATCH == pytest.approx(0.3)
    assert gradient(SquaredError(), far).abs().max().item() * BATCH == pytest.approx(200.0)


def test_without_smoothing_softmax_is_what_it_was() -> None:
    scores, labels = torch.tensor(SCORES, dtype=torch.float32), torch.tensor(TARGETS["classification"])
    assert torch.equal(Softmax().build()(scores, labels), torch.nn.functional.cross_entropy(scores, labels))


def test_with_smoothing_the_best_scores_are_finite() -> None:
    """Without it, twice the score always means less loss; with it, there is a best lead: ln((1 − ε)C/ε + 1)."""
    epsilon, classes = 0.1, 5
    best = math.log((1 - epsilon) * classes / epsilon + 1)

    def at(lead: float) -> float:
        return value(Softmax(label_smoothing=epsilon), [[lead, 0, 0, 0, 0]], [0])

    assert at(best) < min(at(best - 0.1), at(best + 0.1))
    assert value(Softmax(), [[2 * best, 0, 0, 0, 0]], [0]) < value(Softmax(), [[best, 0, 0, 0, 0]], [0])
