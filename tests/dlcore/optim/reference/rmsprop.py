"""Tieleman & Hinton 2012."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"decay": 0.99, "eps": 1e-3}, {"lr": 5e-3, "decay": 0.999}]


def trajectory(problem: Problem, *, lr: float, decay: float, eps: float) -> Iterator[Array]:
    w, s = problem.start, np.zeros_like(problem.start)
    while True:
        g = problem.gradient(w)
        s = decay * s + (1 - decay) * g**2
        w = w - lr * g / (np.sqrt(s) + eps)
        yield w
