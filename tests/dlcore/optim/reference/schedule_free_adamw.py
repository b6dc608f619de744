"""Defazio et al. 2024, algorithm 1. What is compared is y, where the gradient is taken."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 5e-3, "beta1": 0.6, "beta2": 0.95, "eps": 1e-4, "weight_decay": 0.2}]


def points(
    problem: Problem, *, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> Iterator[tuple[Array, Array]]:
    """(x, y) after each step."""
    x = z = y = problem.start
    v, rates = np.zeros_like(x), 0.0
    for t in count(1):
        g = problem.gradient(y)
        v = beta2 * v + (1 - beta2) * g**2
        rate = lr * np.sqrt(1 - beta2**t)
        z = z - rate * g / (np.sqrt(v) + eps) - rate * weight_decay * y
        rates = rates + rate**2
        c = rate**2 / rates
        x = (1 - c) * x + c * z
        y = (1 - beta1) * z + beta1 * x
        yield x, y


def trajectory(problem: Problem, **fields: float) -> Iterator[Array]:
    for _, y in points(problem, **fields):
        yield y
