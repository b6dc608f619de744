"""The last and the best of each evaluated metric."""

from typing import Any

METRICS = {
    "classification": ("loss", "accuracy"),
    "regression": ("loss", "r2", "mae"),
    "multilabel": ("loss", "accuracy", "f1"),
}
"""What is measured of a part, by the task of its data set; the second is the one that people look at first."""

HIGHER_IS_BETTER = {"accuracy", "r2", "f1"}


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
