"""Each loss as its formula in NumPy and SciPy: of one example at a time, and the mean of those."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import special

from dlcore.losses import Loss
from dlcore.losses.absolute_error import AbsoluteError
from dlcore.losses.huber import Huber
from dlcore.losses.multilabel_hinge import MultilabelHinge
from dlcore.losses.multilabel_logistic import MultilabelLogistic
from dlcore.losses.softmax import Softmax
from dlcore.losses.squared_error import SquaredError
from dlcore.losses.squared_error_sigmoid import SquaredErrorSigmoid
from dlcore.losses.svm import SVM

Array = NDArray[np.float64]
Formula = Callable[[Array, Any], float]


def softmax(smoothing: float) -> Formula:
    def formula(scores: Array, label: int) -> float:
        target = np.full(len(scores), smoothing / len(scores))
        target[label] += 1 - smoothing
        return float(-(target * special.log_softmax(scores)).sum())

    return formula


def svm(margin: float, power: int) -> Formula:
    def formula(scores: Array, label: int) -> float:
        others = np.delete(scores, label)  # j ≠ y: the right class adds no constant
        return float((np.maximum(0, others - scores[label] + margin) ** power).sum())

    return formula


def huber(delta: float) -> Formula:
    def formula(outputs: Array, targets: Array) -> float:
        return float(special.huber(delta, outputs - targets).sum())

    return formula


def absolute_error(outputs: Array, targets: Array) -> float:
    return float(np.linalg.norm(outputs - targets, ord=1))


def squared_error(outputs: Array, targets: Array) -> float:
    return float(np.linalg.norm(outputs - targets) ** 2)


def multilabel_hinge(scores: Array, targets: Array) -> float:
    signs = np.where(targets == 1, 1.0, -1.0)
    return float(np.maximum(0, 1 - signs * scores).sum())


def multilabel_logistic(scores: Array, targets: Array) -> float:
    return float(-(targets * special.log_expit(scores) + (1 - targets) * special.log_expit(-scores)).sum())


def squared_error_sigmoid(scores: Array, label: int) -> float:
    wanted = np.arange(len(scores)) == label
    return float(((special.expit(scores) - wanted) ** 2).sum())


REFERENCES: list[tuple[Loss, Formula]] = [
    (Softmax(), softmax(0.0)),
    (Softmax(label_smoothing=0.1), softmax(0.1)),
    (SVM(), svm(1.0, 1)),
    (SVM(margin=0.5), svm(0.5, 1)),
    (SVM(margin=10, squared=True), svm(10.0, 2)),
    (SquaredError(), squared_error),
    (AbsoluteError(), absolute_error),
    (Huber(), huber(1.0)),
    (Huber(delta=0.3), huber(0.3)),
    (MultilabelHinge(), multilabel_hinge),
    (MultilabelLogistic(), multilabel_logistic),
    (SquaredErrorSigmoid(), squared_error_sigmoid),
]


def mean(formula: Formula, scores: Array, targets: Array) -> float:
    """The formula of each example, averaged over the batch."""
    return float(np.mean([formula(row, target) for row, target in zip(scores, targets, strict=True)]))


def value(loss: Loss, scores: Any, targets: Any, dtype: torch.dtype = torch.float64) -> float:
    """What our own module says."""
    return float(loss.build()(torch.as_tensor(scores, dtype=dtype), torch.as_tensor(targets)))
