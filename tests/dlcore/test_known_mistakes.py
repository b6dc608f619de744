"""Mistakes that concern a model, its loss and its training together. Others are caught beside the part that they are about."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.init.xavier_normal import XavierNormal
from dlcore.initialise import initialise
from dlcore.layers.fully_connected import FullyConnected
from dlcore.losses.multilabel_logistic import MultilabelLogistic
from dlcore.losses.softmax import Softmax
from dlcore.networks.mlp import MLP
from dlcore.networks.softmax import SoftmaxNetwork
from dlcore.optim.lbfgs import LBFGS
from dlcore.optim.sgd import SGD
from dlcore.regularize.l2 import L2
from dlcore.tasks.classification import Classification
from dlcore.tasks.multilabel import Multilabel
from dlcore.validation import parse_spec

CPU = torch.device("cpu")


@pytest.mark.erratum(15)
def test_what_was_rightly_called_negative_counts_in_the_accuracy() -> None:
    """3 true and 2 false positives, 4 true and 1 false negative: 0.7, where TP over all would be 0.3."""
    said = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    truly = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 1])
    scores = torch.from_numpy(np.stack([1 - said, said], axis=1)).float()
    classes = Classification(Softmax(), CPU, "float32").evaluate(nn.Identity(), (scores, torch.from_numpy(truly)))
    assert classes["accuracy"] == pytest.approx(0.7)
    column = (torch.from_numpy(2.0 * said[:, None] - 1).float(), torch.from_numpy(truly[:, None]).float())
    labels = Multilabel(MultilabelLogistic(), CPU, "float32").evaluate(nn.Identity(), column)
    assert labels["accuracy"] == pytest.approx(0.7)


INPUTS = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]], dtype=torch.float64)
LABELS = torch.tensor([[1.0], [0.0], [1.0]], dtype=torch.float64)


def likelihood(layer: nn.Module) -> float:
    """Of the labels, written out: the probability is 1 / (1 + e^(−wᵀx − b)), with the x."""
    weight, bias = (parameter.detach().numpy() for parameter in layer.parameters())
    p = 1 / (1 + np.exp(-(INPUTS.numpy() @ weight.T + bias)))
    return float(np.prod(np.where(LABELS.numpy() == 1, p, 1 - p)))


@pytest.mark.erratum(18, 19)
def test_a_step_down_the_logistic_loss_is_a_step_up_the_likelihood() -> None:
    layer = FullyConnected(units=1).build((2,)).double()
    initialise(layer, XavierNormal(bias=0.2), seed=0)
    loss = MultilabelLogistic().build()
    before = likelihood(layer)
    value = loss(layer(INPUTS), LABELS)
    assert value.item() == pytest.approx(-np.log(before) / len(INPUTS), rel=1e-12)
    value.backward()
    SGD(lr=0.1).build(layer.parameters()).step()
    assert likelihood(layer) > before


@pytest.mark.erratum(41)
def test_nothing_is_clipped_unless_it_is_asked_for() -> None:
    assert parse_spec({"data": {"kind": "digits"}, "network": {"kind": "softmax"}}).regularisation == ()
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.tensor([1000.0])
    SGD(lr=0.1).build([weight]).step()
    assert weight.item() == -100.0


CORNERS = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
AND, XOR = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 1, 1, 0])


def minimised(model: nn.Module, seed: int, decay: L2, labels: torch.Tensor) -> Callable[[], torch.Tensor]:
    """The cost of a model, its weights at the minimum that a start leads to."""
    initialise(model, XavierNormal(), seed=seed)
    loss, weights = Softmax().build(), list(model.parameters())

    def cost() -> torch.Tensor:
        return loss(model(CORNERS), labels) + decay.penalty(weights)

    optimizer = LBFGS().build(weights)

    def again() -> float:
        optimizer.zero_grad()
        value = cost()
        value.backward()
        return value.item()

    for _ in range(30):
        optimizer.step(again)
    return cost


@pytest.mark.erratum(42)
def test_decay_makes_the_cost_of_a_linear_model_convex_and_that_of_a_deep_one_not() -> None:
    decay = L2(strength=1e-2)
    ends = []
    for seed in (0, 1):
        linear = SoftmaxNetwork().build((2,), 2).double()
        minimised(linear, seed, decay, AND)
        ends.append(torch.cat([parameter.detach().flatten() for parameter in linear.parameters()]))
    torch.testing.assert_close(ends[0], ends[1], atol=1e-3, rtol=0)
    assert ends[0].norm() > 1
    deep = MLP(hidden=(4,), activation="tanh").build((2,), 2).double()
    cost = minimised(deep, 0, decay, XOR)
    lowest = cost().item()
    with torch.no_grad():  # halfway to its mirror image, which costs the same, it costs more
        for parameter in (deep.fc1.weight, deep.fc1.bias, deep.fc2.weight):
            parameter.neg_()  # type: ignore[operator, union-attr]
        assert cost().item() == pytest.approx(lowest, rel=1e-9)
        for parameter in (deep.fc1.weight, deep.fc1.bias, deep.fc2.weight):
            parameter.zero_()  # type: ignore[operator, union-attr]
        assert cost().item() > 1.2 * lowest
