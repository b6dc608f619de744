"""Decay on a plateau."""

import math
from collections.abc import Mapping
from typing import Literal

from dlcore.fields import choice, count, number
from dlcore.schedules.schedule import Schedule
from dlcore.scores import HIGHER_IS_BETTER


class Plateau(Schedule):
    """The learning rate drops when the validation part has stopped getting better. For when no good schedule is known.

        after each epoch:  better than the best so far?  waited = 0, else waited = waited + 1
        waited = patience:  factor_now = max(factor · factor_now, floor),  waited = 0
        multiplier(e) = factor_now         from the next epoch on

    It needs a validation part. Epochs of a warm-up count as others do.
    Source: the hand-made rule of Krizhevsky et al., 2012, "ImageNet classification with deep convolutional neural networks".
    """

    label = "Drop on a plateau"

    kind: Literal["plateau"] = "plateau"
    metric: Literal["loss", "accuracy", "r2", "mae", "f1"] = choice(
        "loss", help="What is watched on the validation part."
    )
    patience: int = count(5, high=10_000, title="Patience", help="Epochs without a better value before a drop.")
    factor: float = number(
        0.5, above=0.0, below=1.0, title="Factor", help="What the learning rate is multiplied by at a drop."
    )
    floor: float = number(
        1e-3,
        low=0.0,
        high=1.0,
        scale="log",
        title="Floor",
        help="Share of the learning rate that it never falls below.",
    )

    def multiplier(self, epoch: float, epochs: float) -> float:
        """1; the drops are in the memory."""
        return 1.0

    def observe(self, memory: Mapping[str, float], results: Mapping[str, float]) -> Mapping[str, float]:
        """{"factor", "best", "waited"} after an evaluation."""
        value = results.get(f"validation/{self.metric}")
        if value is None:
            return memory
        sign = -1.0 if self.metric in HIGHER_IS_BETTER else 1.0
        best, factor = memory.get("best", sign * math.inf), memory.get("factor", 1.0)
        if sign * value < sign * best:
            return {"factor": factor, "best": value, "waited": 0}
        waited = memory.get("waited", 0) + 1
        if waited < self.patience:
            return {"factor": factor, "best": best, "waited": waited}
        return {"factor": max(self.factor * factor, self.floor), "best": best, "waited": 0}
