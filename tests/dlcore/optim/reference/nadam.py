"""Dozat 2016, with the momentum schedule of its section on Nadam."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{}, {"lr": 4e-3, "beta1": 0.8, "beta2": 0.995, "eps": 1e-5, "momentum_decay": 0.05}]


def trajectory(
    problem: Problem, *, lr: float, beta1: float, beta2: float, eps: float, momentum_decay: float
) -> Iterator[Array]:
    w, m, v = problem.start, np.zeros_like(problem.start), np.zeros_like(problem.start)
    product = 1.0
    for t in count(1):
        now, then = (beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay)) for step in (t, t + 1))
        product = product * now
        g = problem.gradient(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        ahead = then * m / (1 - product * then) + (1 - now) * g / (1 - product)
        w = w - lr * ahead / (np.sqrt(v / (1 - beta2**t)) + eps)
        yield w
