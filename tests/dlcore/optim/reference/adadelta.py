"""Zeiler 2012, algorithm 1."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 0.5, "rho": 0.9, "eps": 1e-5}]


def trajectory(problem: Problem, *, lr: float, rho: float, eps: float) -> Iterator[Array]:
    w, s, u = problem.start, np.zeros_like(problem.start), np.zeros_like(problem.start)
    while True:
        g = problem.gradient(w)
        s = rho * s + (1 - rho) * g**2
        change = -np.sqrt(u + eps) / np.sqrt(s + eps) * g
        u = rho * u + (1 - rho) * change**2
        w = w + lr * change
        yield w
