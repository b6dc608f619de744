"""Kingma & Ba 2015, algorithm 1."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4}]


def trajectory(problem: Problem, *, lr: float, beta1: float, beta2: float, eps: float) -> Iterator[Array]:
    w, m, v = problem.start, np.zeros_like(problem.start), np.zeros_like(problem.start)
    for t in count(1):
        g = problem.gradient(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        w = w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        yield w
