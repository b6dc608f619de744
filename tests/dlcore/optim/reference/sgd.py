"""Robbins & Monro 1951."""

from collections.abc import Iterator
from typing import Any

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{"lr": 5e-4}]


def trajectory(problem: Problem, *, lr: float) -> Iterator[Array]:
    w = problem.start
    while True:
        w = w - lr * problem.gradient(w)
        yield w
