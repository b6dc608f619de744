"""Polyak 1964, with the ramp and in the averaged form of the notes."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [
    {"lr": 2e-4},
    {"lr": 1e-3, "averaged": True},
    {"lr": 5e-5, "momentum": 0.99, "ramp_epochs": 6.0},
    {"lr": 1e-3, "momentum": 0.99, "ramp_epochs": 10.0, "ramp_start": 0.3, "averaged": True},
]


def trajectory(
    problem: Problem, *, lr: float, momentum: float, averaged: bool, ramp_epochs: float, ramp_start: float
) -> Iterator[Array]:
    w, v = problem.start, np.zeros_like(problem.start)
    for step in count():
        rho = momentum
        if ramp_epochs:
            rho = float(np.interp(step / problem.steps_per_epoch, [0, ramp_epochs], [ramp_start, momentum]))
        v = rho * v + (1 - rho if averaged else 1) * problem.gradient(w)
        w = w - lr * v
        yield w
