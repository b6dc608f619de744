"""What is right and wrong among scores: counted in whole numbers and float64, JSON-able, imports no torch.

Precision, recall and F1 that are 0/0 (nothing was said to be so, or nothing truly is) are given as 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_SHOWN = 36
MOST_CLASSES = 200  # a larger confusion matrix is not given: nobody reads it
MOST_PAIRS = 500
Content = dict[str, Any]
Scores = NDArray[np.float64]


def of_classes(scores: Scores, truly: NDArray[np.int64], names: tuple[str, ...], *, probabilities: bool) -> Content:
    """The confusion matrix (rows: truth, columns: what was said), a row for each class, and the worst mistakes.

    scores (n, classes), truly (n,). A mistake's confidence is the probability of what was said, or the score margin: how
    far the score of what was said is above that of the truth.
    """
    said = scores.argmax(1)
    count = len(names)
    confusion = np.bincount(truly * count + said, minlength=count * count).reshape(count, count)
    confidence = (softmax(scores) if probabilities else scores - np.take_along_axis(scores, truly[:, None], 1))[
        np.arange(len(said)), said
    ]
    wrong = np.flatnonzero(said != truly)
    worst = wrong[largest_first(confidence[wrong])]
    return {
        "classes": list(names),
        "confusion": confusion.tolist() if count <= MOST_CLASSES else None,
        "per_class": rates(names, confusion.diagonal(), confusion.sum(0), confusion.sum(1)),
        "mistakes": len(wrong),
        "confidence": "probability" if probabilities else "score margin",
        "worst": [
            {"index": int(i), "said": int(said[i]), "truly": int(truly[i]), "confidence": number(confidence[i])}
            for i in worst
        ],
    }


def of_labels(scores: Scores, truly: NDArray[Any], names: tuple[str, ...], *, probabilities: bool) -> Content:
    """A row for each label, and the worst misses: (example, label) pairs. scores and truly (n, labels).

    A miss's confidence is the probability of what was said, or the score margin: how far the score is from 0.
    """
    said, holds = scores > 0, truly > 0.5
    confidence = 1 / (1 + np.exp(-np.abs(scores))) if probabilities else np.abs(scores)
    wrong = np.argwhere(said != holds)
    worst = wrong[largest_first(confidence[tuple(wrong.T)])]
    return {
        "classes": list(names),
        "per_class": rates(names, (said & holds).sum(0), said.sum(0), holds.sum(0)),
        "mistakes": len(wrong),
        "confidence": "probability" if probabilities else "score margin",
        "worst": [
            {
                "index": int(i),
                "label": int(j),
                "said": bool(said[i, j]),
                "truly": bool(holds[i, j]),
                "confidence": number(confidence[i, j]),
            }
            for i, j in worst
        ],
    }


def of_numbers(said: Scores, wanted: NDArray[Any], names: tuple[str, ...]) -> Content:
    """R² and mean absolute error of each target, the largest errors, and pairs for a scatter; in the data's own units.

    said and wanted (n, targets). Errors of several targets are compared in units of the targets' deviations.
    """
    wanted = wanted.astype(np.float64)
    errors = said - wanted
    deviation = wanted.std(0)
    relative = np.abs(errors) / np.where(deviation > 0, deviation, 1.0)
    target = relative.argmax(1)
    shown = np.unique(np.linspace(0, len(said) - 1, min(len(said), MOST_PAIRS)).round().astype(int))
    return {
        "targets": list(names),
        "per_target": [
            {"name": name, "r2": r2(errors[:, k], wanted[:, k]), "mae": number(np.abs(errors[:, k]).mean())}
            for k, name in enumerate(names)
        ],
        "worst": [
            {
                "index": int(i),
                "target": int(target[i]),
                "said": number(said[i, target[i]]),
                "wanted": number(wanted[i, target[i]]),
                "error": number(errors[i, target[i]]),
            }
            for i in largest_first(relative.max(1))
        ],
        "pairs": [{"wanted": numbers(wanted[shown, k]), "said": numbers(said[shown, k])} for k, _ in enumerate(names)],
    }


def rates(names: tuple[str, ...], both: NDArray[Any], said: NDArray[Any], truly: NDArray[Any]) -> list[Content]:
    """precision = both / said, recall = both / truly, F1 = 2 both / (said + truly), each 0 where it is 0/0."""
    return [
        {
            "name": name,
            "precision": share(int(hit), int(told)),
            "recall": share(int(hit), int(true)),
            "f1": share(2 * int(hit), int(told) + int(true)),
            "support": int(true),
            "said": int(told),
        }
        for name, hit, told, true in zip(names, both, said, truly, strict=True)
    ]


def share(some: int, of: int) -> float:
    """some / of; 0/0 is 0."""
    return some / of if of else 0.0


def r2(errors: Scores, wanted: Scores) -> float | None:
    """1 − Σe²/Σ(y − ȳ)²; 0 for a constant target."""
    spread = ((wanted - wanted.mean()) ** 2).sum()
    return number(1.0 - (errors**2).sum() / spread) if spread > 1e-12 * len(wanted) else 0.0


def softmax(scores: Scores) -> Scores:
    """e^{s_k} / Σ_j e^{s_j} of each row, shifted by its maximum first."""
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def largest_first(values: Scores) -> NDArray[np.intp]:
    """The positions of the MOST_SHOWN largest; among equals the first comes first, and what is not a number last."""
    return np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")[:MOST_SHOWN]


def number(value: Any) -> float | None:
    """A number for JSON, which knows no NaN and no infinity."""
    return float(value) if np.isfinite(value) else None


def numbers(values: NDArray[Any]) -> list[float | None]:
    """Numbers for JSON."""
    return [number(value) for value in values]
