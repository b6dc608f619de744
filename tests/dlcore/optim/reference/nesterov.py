"""Nesterov 1983 in the form of Sutskever et al. 2013: the gradient is taken at w + ρv. What is compared is that point."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{"lr": 2e-4}, {"lr": 5e-5, "momentum": 0.99}, {"lr": 5e-4, "momentum": 0.0}]


def trajectory(problem: Problem, *, lr: float, momentum: float) -> Iterator[Array]:
    w, v = problem.start, np.zeros_like(problem.start)
    while True:
        v = momentum * v - lr * problem.gradient(w + momentum * v)
        w = w + v
        yield w + momentum * v
