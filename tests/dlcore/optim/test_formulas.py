"""Each optimizer against its formula in NumPy, float64, over many steps."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from dlcore.optim import Optimizer
from dlcore.optim.adam import Adam
from dlcore.optim.momentum import Momentum
from dlcore.optim.nesterov import Nesterov
from dlcore.optim.sgd import SGD

Array = np.ndarray
Rule = Callable[[Array, Callable[[Array], Array], int], Array]
START = np.array([1.5, -0.7, 0.3])


def gradient(w: Array) -> Array:
    """Of Σ cos(w) + w⁴."""
    return -np.sin(w) + 4 * w**3


def sgd(w: Array, g: Callable[[Array], Array], steps: int) -> Array:
    for _ in range(steps):
        w = w - 0.01 * g(w)
    return w


def momentum(w: Array, g: Callable[[Array], Array], steps: int) -> Array:
    v = np.zeros_like(w)
    for _ in range(steps):
        v = 0.9 * v + g(w)
        w = w - 0.01 * v
    return w


def nesterov(w: Array, g: Callable[[Array], Array], steps: int) -> Array:
    """The textbook's form, v = ρv − αg(w + ρv), w = w + v, seen from the shifted variable w + ρv."""
    v = np.zeros_like(w)
    for _ in range(steps):
        v = 0.9 * v - 0.01 * g(w + 0.9 * v)
        w = w + v
    return w + 0.9 * v


def adam(w: Array, g: Callable[[Array], Array], steps: int) -> Array:
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        m = 0.9 * m + 0.1 * g(w)
        v = 0.999 * v + 0.001 * g(w) ** 2
        w = w - 1e-3 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


@pytest.mark.parametrize(
    ("part", "rule"),
    [(SGD(), sgd), (Momentum(), momentum), (Nesterov(), nesterov), (Adam(), adam)],
    ids=lambda x: str(x)[:8],
)
@pytest.mark.parametrize("steps", [1, 2, 50])
def test_it_follows_its_formula(part: Optimizer, rule: Rule, steps: int) -> None:
    weight = torch.nn.Parameter(torch.tensor(START))
    optimizer = part.build([weight])
    for _ in range(steps):
        optimizer.zero_grad()
        (torch.cos(weight) + weight**4).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(weight.detach().numpy(), rule(START, gradient, steps), rtol=1e-12)


def test_a_step_goes_down_the_gradient() -> None:
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimizer = SGD(lr=0.1).build([weight])
    (weight**2).sum().backward()
    optimizer.step()
    assert weight.item() == pytest.approx(2.0 - 0.1 * 4.0)


def test_adams_defaults_are_the_papers() -> None:
    assert (Adam().lr, Adam().beta1, Adam().beta2, Adam().eps) == (1e-3, 0.9, 0.999, 1e-8)


def test_adams_first_step_has_the_length_of_the_learning_rate() -> None:
    weight = torch.nn.Parameter(torch.tensor([3.0], dtype=torch.float64))
    optimizer = Adam(lr=0.01).build([weight])
    (1000 * weight).sum().backward()
    optimizer.step()
    assert weight.item() == pytest.approx(3.0 - 0.01, rel=1e-9)
