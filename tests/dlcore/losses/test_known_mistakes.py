"""Mistakes about losses that circulate, each caught, and values that are known from elsewhere."""

import numpy as np
import pytest
import torch

from dlcore.losses.absolute_error import AbsoluteError
from dlcore.losses.multilabel_hinge import MultilabelHinge
from dlcore.losses.multilabel_logistic import MultilabelLogistic
from dlcore.losses.softmax import Softmax
from dlcore.losses.squared_error import SquaredError
from dlcore.losses.squared_error_sigmoid import SquaredErrorSigmoid
from dlcore.losses.svm import SVM
from tests.dlcore.losses.references import value


@pytest.mark.erratum(22)
def test_softmax_takes_scores_as_they_are_and_not_x_times_their_exponential() -> None:
    probabilities = [np.exp(-value(Softmax(), [[2.8, 1.3, 0.0]], [label])) for label in range(3)]
    assert probabilities == pytest.approx([0.7789, 0.1738, 0.0474], abs=5e-5)
    assert sum(probabilities) == pytest.approx(1, abs=1e-12)


@pytest.mark.erratum(21)
def test_the_softmax_loss_is_positive_and_falls_as_the_right_class_gains() -> None:
    """The minus sign is there."""
    losses = [value(Softmax(), [[lead, 0.0, 0.0]], [0]) for lead in (-1.0, 0.0, 1.0, 2.0)]
    assert all(loss > 0 for loss in losses)
    assert losses == sorted(losses, reverse=True)


@pytest.mark.erratum(17)
def test_shifting_every_score_by_the_same_number_changes_no_softmax_loss() -> None:
    """log C stands in the exponent of each term, not beside the sum."""
    for shift in (-1000.0, 7.0, 1000.0):
        scores = np.array([[2.8, 1.3, 0.0]])
        assert value(Softmax(), scores + shift, [1]) == pytest.approx(value(Softmax(), scores, [1]), rel=1e-12)


@pytest.mark.erratum(16)
def test_softmax_sees_near_rivals_where_the_hinge_is_content() -> None:
    """[10, 9, 9] costs more than [10, −100, −100] under softmax; under the hinge both cost nothing."""
    assert value(Softmax(), [[10.0, 9, 9]], [0]) == pytest.approx(0.5514, abs=5e-5)
    assert value(Softmax(), [[10.0, -100, -100]], [0]) == pytest.approx(0, abs=1e-12)
    assert value(SVM(), [[10.0, 9, 9]], [0]) == value(SVM(), [[10.0, -100, -100]], [0]) == 0


def test_a_hinge_that_is_satisfied_is_zero_for_every_margin() -> None:
    """A sum that runs over j = y as well never falls below Δ."""
    for squared in (False, True):
        assert value(SVM(margin=3, squared=squared), [[10.0, 7, 6.9]], [0]) == 0


def test_the_mean_loss_is_not_divided_by_the_batch_or_the_classes_again() -> None:
    wrong = [[0.0, 5, 5, 5]] * 6
    assert value(SVM(), wrong, [0] * 6) == 18.0  # three rivals, each 5 − 0 + 1; torch's own would say 18/4
    assert value(Softmax(), np.zeros((6, 4)), [0] * 6) == pytest.approx(np.log(4))
    assert value(SquaredError(), [[1.0, 1, 1]] * 6, np.zeros((6, 3))) == 3.0


@pytest.mark.erratum(18, 20)
def test_an_attribute_that_is_absent_costs_when_its_score_is_high() -> None:
    """The (1 − y) term is there, and it holds the prediction: log(1 − σ(f)), not log(1 − y)."""
    assert value(MultilabelLogistic(), [[3.0]], [[0.0]]) == pytest.approx(np.log(1 + np.exp(3.0)), rel=1e-12)
    assert value(MultilabelLogistic(), [[3.0]], [[1.0]]) == pytest.approx(np.log(1 + np.exp(-3.0)), rel=1e-12)


@pytest.mark.erratum(18)
def test_the_logistic_gradient_is_the_probability_less_the_truth() -> None:
    """σ(f) − y is the loss's; y − σ(f) is that of the likelihood, which would be climbed."""
    scores = torch.tensor([[0.5, -2.0, 1.0]], dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    MultilabelLogistic().build()(scores, targets).backward()
    assert scores.grad is not None
    torch.testing.assert_close(scores.grad, (torch.sigmoid(scores) - targets).detach())


def test_the_hinge_of_attributes_at_known_places() -> None:
    assert value(MultilabelHinge(), [[0.2]], [[1.0]]) == pytest.approx(0.8)
    assert value(MultilabelHinge(), [[-2.0]], [[0.0]]) == 0
    assert value(MultilabelHinge(), [[2.0]], [[0.0]]) == 3


@pytest.mark.erratum(51)
def test_absolute_errors_do_not_cancel() -> None:
    """Their plain sum would be −0.5."""
    assert value(AbsoluteError(), [[0.1, 0.2, 0.3, 0.4, 0.5]], [[0.0, 0, 0, 1, 0]]) == pytest.approx(1.7)


def test_squared_error_on_a_sigmoid_hardly_moves_a_unit_that_is_sure_of_what_is_wrong() -> None:
    def slope(loss: Softmax | SquaredErrorSigmoid) -> float:
        scores = torch.tensor([[-8.0, 8.0]], dtype=torch.float64, requires_grad=True)
        loss.build()(scores, torch.tensor([0])).backward()
        assert scores.grad is not None
        return abs(scores.grad[0, 0].item())

    assert slope(SquaredErrorSigmoid()) < 1e-3
    assert slope(Softmax()) > 0.99
