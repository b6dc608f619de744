"""Duchi, Hazan & Singer 2011."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 0.1, "eps": 1e-3}]


def trajectory(problem: Problem, *, lr: float, eps: float) -> Iterator[Array]:
    w, s = problem.start, np.zeros_like(problem.start)
    while True:
        g = problem.gradient(w)
        s = s + g**2
        w = w - lr * g / (np.sqrt(s) + eps)
        yield w
