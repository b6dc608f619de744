"""Each regulariser in NumPy: its cost, and one SGD step with it in closed form."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlcore.regularize import Regulariser
from dlcore.regularize.clip_norm import ClipNorm
from dlcore.regularize.clip_value import ClipValue
from dlcore.regularize.elastic_net import ElasticNet
from dlcore.regularize.l1 import L1
from dlcore.regularize.l2 import L2
from dlcore.regularize.max_norm import MaxNorm
from dlcore.regularize.weight_decay import WeightDecay

Array = NDArray[np.float64]
Cost = Callable[[Array], float]
Step = Callable[[list[Array], list[Array], float], list[Array]]
"""(parameters, gradients, learning rate) -> parameters; those of one dimension are biases."""


def on_weights(step: Callable[[Array, Array, float], Array]) -> Step:
    """``step`` for weights, plain SGD for biases."""

    def whole(parameters: list[Array], gradients: list[Array], lr: float) -> list[Array]:
        return [step(w, g, lr) if w.ndim > 1 else w - lr * g for w, g in zip(parameters, gradients, strict=True)]

    return whole


def projected(c: float) -> Step:
    def step(w: Array, g: Array, lr: float) -> Array:
        moved = w - lr * g
        for unit in moved:
            norm = np.sqrt((unit**2).sum())
            if norm > c:
                unit *= c / (norm + 1e-7)
        return moved

    return on_weights(step)


def clipped_by_norm(c: float) -> Step:
    def step(parameters: list[Array], gradients: list[Array], lr: float) -> list[Array]:
        norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
        factor = min(1.0, c / (norm + 1e-6))
        return [w - lr * factor * g for w, g in zip(parameters, gradients, strict=True)]

    return step


def clipped_by_value(v: float) -> Step:
    def step(parameters: list[Array], gradients: list[Array], lr: float) -> list[Array]:
        return [w - lr * np.clip(g, -v, v) for w, g in zip(parameters, gradients, strict=True)]

    return step


def free(w: Array) -> float:
    return 0.0


REFERENCES: list[tuple[Regulariser, Cost, Step]] = [
    (L2(strength=0.3), lambda w: 0.15 * (w**2).sum(), on_weights(lambda w, g, lr: w - lr * (g + 0.3 * w))),
    (L1(strength=0.3), lambda w: 0.3 * np.abs(w).sum(), on_weights(lambda w, g, lr: w - lr * (g + 0.3 * np.sign(w)))),
    (
        ElasticNet(l1=0.3, l2=0.2),
        lambda w: 0.3 * np.abs(w).sum() + 0.2 * (w**2).sum(),
        on_weights(lambda w, g, lr: w - lr * (g + 0.3 * np.sign(w) + 0.4 * w)),
    ),
    (WeightDecay(strength=0.3), free, on_weights(lambda w, g, lr: (1 - lr * 0.3) * w - lr * g)),
    (MaxNorm(c=1.5), free, projected(1.5)),
    (ClipNorm(c=2.0), free, clipped_by_norm(2.0)),
    (ClipNorm(c=1e3), free, clipped_by_norm(1e3)),
    (ClipValue(value=0.5), free, clipped_by_value(0.5)),
]
