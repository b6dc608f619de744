"""What the optimizers are tried on: each once for NumPy, with its gradient by hand, and once for torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Problem:
    """A loss of some tensors, seen by NumPy as one flat vector; an epoch has ten steps."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    start: Array
    gradient: Callable[[Array], Array]
    loss: Callable[[list[Tensor]], Tensor]
    steps_per_epoch: int = 10

    def tensors(self, flat: Array) -> list[Array]:
        """The vector cut into tensors."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), self.shapes, strict=True)]

    def flat(self, tensors: list[Array]) -> Array:
        """Tensors as one vector."""
        return np.concatenate([tensor.ravel() for tensor in tensors])

    def model(self) -> Model:
        """The problem for torch, at its start."""
        return Model(self)


class Model(nn.Module):
    """The problem's tensors as parameters; calling it gives the loss."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.weights = nn.ParameterList(torch.tensor(tensor) for tensor in problem.tensors(problem.start))

    def forward(self) -> Tensor:
        """The loss."""
        return self.problem.loss(list(self.weights))

    def flat(self) -> Array:
        """The weights as NumPy sees them."""
        return np.concatenate([weight.detach().numpy().ravel() for weight in self.weights])


def quadratic() -> Problem:
    """½ Σ aᵢ (wᵢ − cᵢ)² over a matrix and a vector, with curvatures from 0.1 to 300."""
    shapes = ((3, 4), (5,))
    a, c = np.geomspace(0.1, 300.0, 17), np.sin(np.arange(17.0))

    def loss(weights: list[Tensor]) -> Tensor:
        flat = torch.cat([weight.flatten() for weight in weights])
        return 0.5 * (torch.tensor(a) * (flat - torch.tensor(c)) ** 2).sum()

    return Problem("quadratic", shapes, np.cos(np.arange(17.0)), lambda w: a * (w - c), loss)


def rosenbrock() -> Problem:
    """Σ 100 (wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)², from the classical start, as one matrix."""

    def loss(weights: list[Tensor]) -> Tensor:
        w = weights[0].flatten()
        return (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()

    def gradient(w: Array) -> Array:
        g, off = np.zeros_like(w), w[1:] - w[:-1] ** 2
        g[:-1] = -400 * w[:-1] * off - 2 * (1 - w[:-1])
        g[1:] += 200 * off
        return g

    return Problem("rosenbrock", ((2, 3),), np.array([-1.2, 1.0, -1.2, 1.0, -1.2, 1.0]), gradient, loss)


def network() -> Problem:
    """Mean squared error of a tanh network 3-5-4-2 on twelve examples; its gradient by the chain rule."""
    shapes = ((5, 3), (5,), (4, 5), (4,), (2, 4), (2,))
    random = np.random.default_rng(0)
    x, y = random.normal(size=(12, 3)), random.normal(size=(12, 2))
    start = 0.5 * random.normal(size=sum(int(np.prod(shape)) for shape in shapes))

    def loss(weights: list[Tensor]) -> Tensor:
        w1, b1, w2, b2, w3, b3 = weights
        hidden = torch.tanh(torch.tanh(torch.tensor(x) @ w1.T + b1) @ w2.T + b2)
        return ((hidden @ w3.T + b3 - torch.tensor(y)) ** 2).mean()

    def gradient(flat: Array) -> Array:
        w1, b1, w2, b2, w3, b3 = problem.tensors(flat)
        first = np.tanh(x @ w1.T + b1)
        second = np.tanh(first @ w2.T + b2)
        at_out = 2 * (second @ w3.T + b3 - y) / y.size
        at_second = at_out @ w3 * (1 - second**2)
        at_first = at_second @ w2 * (1 - first**2)
        pairs = [(at_first, x), (at_second, first), (at_out, second)]
        return problem.flat([part for delta, input in pairs for part in (delta.T @ input, delta.sum(0))])

    problem = Problem("network", shapes, start, gradient, loss)
    return problem


PROBLEMS = (quadratic(), rosenbrock(), network())
