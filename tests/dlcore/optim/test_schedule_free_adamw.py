"""Schedule-free AdamW: where it trains, and where it is evaluated."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.checkpoint import capture
from dlcore.optim.schedule_free_adamw import ScheduleFreeAdamW
from dlcore.updates.evaluation import evaluated_weights
from tests.dlcore.optim.problems import Model, network
from tests.dlcore.optim.reference.schedule_free_adamw import points
from tests.dlcore.optim.training import train

PART = ScheduleFreeAdamW(lr=0.01, weight_decay=0.1)


def trained() -> tuple[Model, Any]:
    """A model after 30 steps, and its optimizer."""
    model = network().model()
    optimizer = PART.build(model.parameters())
    train(PART, model, optimizer, range(30))
    return model, optimizer


def test_it_is_evaluated_at_the_papers_average() -> None:
    model, optimizer = trained()
    x, y = list(islice(points(network(), **PART.model_dump(exclude={"kind"})), 30))[-1]
    np.testing.assert_allclose(model.flat(), y, rtol=1e-10)
    optimizer.eval()
    np.testing.assert_allclose(model.flat(), x, rtol=1e-10)


def test_an_evaluation_leaves_no_trace_in_the_weights() -> None:
    model, optimizer = trained()
    before = model.flat()
    with evaluated_weights(optimizer):
        optimizer.eval()  # twice is once
        assert not np.array_equal(model.flat(), before)
    assert np.array_equal(model.flat(), before)


def test_an_optimizer_without_an_average_is_evaluated_where_it_trains() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    with evaluated_weights(torch.optim.SGD([weight])):
        assert torch.equal(weight, torch.ones(2))


def test_a_checkpoints_model_is_the_average() -> None:
    model, optimizer = trained()
    arrays = capture(model, optimizer, 30, 3, 0, {}).arrays
    with evaluated_weights(optimizer):
        assert np.array_equal(arrays["model/weights.0"], model.weights[0].detach().numpy())
    assert np.array_equal(arrays["optimizer/0/y"], model.weights[0].detach().numpy())


def test_a_step_from_the_average_is_refused() -> None:
    _, optimizer = trained()
    optimizer.eval()
    with pytest.raises(RuntimeError, match="train"):
        optimizer.step()


def test_a_learning_rate_of_zero_leaves_everything_where_it_is() -> None:
    model = network().model()
    optimizer = PART.build([{"params": list(model.parameters()), "lr": 0.0}])
    before = model.flat()
    train(PART, model, optimizer, range(3))
    assert np.array_equal(model.flat(), before)
