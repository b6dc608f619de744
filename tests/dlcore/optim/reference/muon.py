"""Jordan et al. 2024; AdamW (Loshchilov & Hutter 2019) for the head and for what is not a matrix."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from tests.dlcore.optim.problems import Array, Problem

VARIANTS: list[dict[str, Any]] = [{"lr": 2e-3}, {"momentum": 0.8, "weight_decay": 0.1, "lr": 5e-3, "adamw_lr": 1e-2}]


def newton_schulz(u: Array) -> Array:
    if u.shape[0] > u.shape[1]:
        return newton_schulz(u.T).T
    x = u / (np.sqrt((u**2).sum()) + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


def trajectory(
    problem: Problem, *, lr: float, momentum: float, adamw_lr: float, weight_decay: float
) -> Iterator[Array]:
    tensors = problem.tensors(problem.start)
    matrices = [index for index, w in enumerate(tensors) if w.ndim > 1]
    hidden = matrices[:-1] if len(matrices) > 1 else matrices
    m, v = ([np.zeros_like(w) for w in tensors] for _ in range(2))
    for t in count(1):
        gradients = problem.tensors(problem.gradient(problem.flat(tensors)))
        for index, (w, g) in enumerate(zip(tensors, gradients, strict=True)):
            if index in hidden:
                m[index] = momentum * m[index] + g
                u = (g + momentum * m[index]).reshape(len(w), -1)
                x = newton_schulz(u).reshape(w.shape)
                tensors[index] = w - lr * weight_decay * w - lr * max(1, u.shape[0] / u.shape[1]) ** 0.5 * x
            else:
                m[index] = 0.9 * m[index] + 0.1 * g
                v[index] = 0.95 * v[index] + 0.05 * g**2
                adam = m[index] / (1 - 0.9**t) / (np.sqrt(v[index] / (1 - 0.95**t)) + 1e-10)
                tensors[index] = w - adamw_lr * (adam + weight_decay * w)
        yield problem.flat(tensors)
