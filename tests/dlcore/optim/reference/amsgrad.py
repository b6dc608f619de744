"""Reddi, Kale & Kumar 2018, algorithm 2, with Adam's corrections."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 0.05, "beta1": 0.8, "beta2": 0.9, "eps": 1e-4}]


def trajectory(problem: Problem, *, lr: float, beta1: float, beta2: float, eps: float) -> Iterator[Array]:
    w, m, v, u = problem.start, *(np.zeros_like(problem.start) for _ in range(3))
    for t in count(1):
        g = problem.gradient(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        u = np.maximum(u, v)
        w = w - lr * m / (1 - beta1**t) / (np.sqrt(u / (1 - beta2**t)) + eps)
        yield w
