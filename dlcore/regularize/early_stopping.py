"""Early stopping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from dlcore.fields import choice, count
from dlcore.regularize.regulariser import Regulariser


class EarlyStopping(Regulariser):
    """Training ends when the validation part has not got better for some epochs; the best weights are kept.

        stop when  (step − step of the best evaluation) / steps per epoch ≥ patience

    It needs a validation part. Source: Morgan & Bourlard, 1989, "Generalization and parameter estimation in feedforward
    nets"; Prechelt, 1998, "Early stopping - but when?".
    """

    kind: Literal["early_stopping"] = "early_stopping"
    metric: Literal["loss", "accuracy", "r2", "mae", "f1"] = choice(
        "loss", help="What is watched on the validation part."
    )
    patience: int = count(5, high=100_000, title="Patience", help="Epochs without a better value before training ends.")
    keep_best: bool = choice(
        True, title="Keep the best", help="Test, and keep, the weights of the best evaluation instead of the last ones."
    )

    def should_stop(self, metrics: Mapping[str, Mapping[str, float]], step: int, steps_per_epoch: int) -> bool:
        """Whether the best evaluation, as ``Scores`` keeps it, is too long ago."""
        watched = metrics.get(f"validation/{self.metric}")
        return watched is not None and step - watched["best_step"] >= self.patience * steps_per_epoch
