"""The last and the best of each evaluated metric."""

from typing import Any, Literal

METRICS = {
    "classification": ("loss", "accuracy"),
    "regression": ("loss", "r2", "mae"),
    "multilabel": ("loss", "accuracy", "f1"),
}
"""What is measured of a part, by the task of its data set; the second is the one that people look at first."""

DIRECTIONS: dict[str, Literal["higher", "lower"]] = {
    "loss": "lower",
    "accuracy": "higher",
    "top5_accuracy": "higher",
    "precision": "higher",
    "recall": "higher",
    "f1": "higher",
    "auc": "higher",
    "r2": "higher",
    "mae": "lower",
    "mse": "lower",
    "rmse": "lower",
    "error": "lower",
    "perplexity": "lower",
}
"""Which way a metric gets better, by its name: what we measure, and what imported logs often have. Said here and nowhere else."""

HIGHER_IS_BETTER = {metric for metric, direction in DIRECTIONS.items() if direction == "higher"}


def direction_of(key: str) -> Literal["higher", "lower"] | None:
    """Which way ``validation/accuracy`` gets better, in any case of its letters; None of what nobody declared."""
    return DIRECTIONS.get(key.rpartition("/")[2].lower())


class Scores:
    """Keeps track over a run; plain data, so that a checkpoint can hold it."""

    def __init__(self, metrics: dict[str, dict[str, float]] | None = None) -> None:
        self.metrics = metrics or {}

    def add(self, key: str, value: float, step: int) -> None:
        """A new evaluation of ``key``, e.g. ``validation/accuracy``."""
        before = self.metrics.get(key)
        if before is None:
            self.metrics[key] = {"last": value, "best": value, "best_step": step}
            return
        before["last"] = value
        if (value > before["best"]) if key.split("/")[-1] in HIGHER_IS_BETTER else (value < before["best"]):
            before["best"], before["best_step"] = value, step

    def results(self, **rest: Any) -> dict[str, Any]:
        """What a trial's results show."""
        return {**{key: dict(value) for key, value in self.metrics.items()}, **rest}
