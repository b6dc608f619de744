"""Liu & Nocedal 1989: the two-loop recursion with a fixed step. The line search is held by ``test_lbfgs.py``.

Differences of gradients make rounding grow tenfold every few iterations, in any implementation. So each step is
predicted from the weights that were reached, which are sent in; the pairs are the formula's own.
"""

from collections.abc import Generator
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [
    {"lr": 0.05, "iterations": 1, "line_search": "none"},
    {"lr": 0.1, "iterations": 1, "history": 4, "line_search": "none"},
]


def direction(g: Array, pairs: list[tuple[Array, Array]]) -> Array:
    """−H·g, with H from the pairs (s, y), oldest first."""
    q, shares = -g, []
    for s, y in reversed(pairs):
        shares.append((s @ q) / (y @ s))
        q = q - shares[-1] * y
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for s, y in pairs:
        q = q + (shares.pop() - (y @ q) / (y @ s)) * s
    return q


def trajectory(
    problem: Problem, *, lr: float, iterations: int, history: int, line_search: str
) -> Generator[Array, Array, None]:
    assert line_search == "none"
    w, pairs = problem.start, []  # type: tuple[Array, list[tuple[Array, Array]]]
    step, before = np.zeros(0), np.zeros(0)
    while True:
        for _ in range(iterations):
            g = problem.gradient(w)
            if step.size and (g - before) @ step > 1e-10:
                pairs = [*pairs, (step, g - before)][-history:]
            first = not step.size
            step = direction(g, pairs) * lr * (min(1.0, 1.0 / np.abs(g).sum()) if first else 1.0)
            before, w = g, w + step
        reached = yield w
        w = w if reached is None else reached
