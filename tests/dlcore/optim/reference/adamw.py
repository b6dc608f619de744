"""Loshchilov & Hutter 2019, algorithm 2, with λ in units of the learning rate."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [
    {},
    {"lr": 0.02, "weight_decay": 0.3},
    {"beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.0},
]


def trajectory(
    problem: Problem, *, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> Iterator[Array]:
    w, m, v = problem.start, np.zeros_like(problem.start), np.zeros_like(problem.start)
    for t in count(1):
        g = problem.gradient(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        adam = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        w = w - lr * (adam + weight_decay * w)
        yield w
