"""Chen et al. 2023, algorithm 2."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{"lr": 1e-3}, {"lr": 1e-2, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.5}]


def trajectory(problem: Problem, *, lr: float, beta1: float, beta2: float, weight_decay: float) -> Iterator[Array]:
    w, m = problem.start, np.zeros_like(problem.start)
    while True:
        g = problem.gradient(w)
        w = w - lr * (np.sign(beta1 * m + (1 - beta1) * g) + weight_decay * w)
        m = beta2 * m + (1 - beta2) * g
        yield w
