"""The metric that people look at first: accuracy, or R² where numbers are predicted."""

from typing import Any

from dlcore.losses import Loss
from dlcore.part import parts_of
from dlcore.scores import METRICS
from dlcore.spec import Spec

LABELS = {"accuracy": "Accuracy", "r2": "R²", "mae": "Mean absolute error", "f1": "F1"}


def in_words(metric: str) -> str:
    """What it is called within a sentence."""
    label = LABELS[metric]
    return label[0].lower() + label[1:] if label[1].islower() else label


def main_metric(spec: dict[str, Any]) -> str:
    """The metric's name."""
    return metrics_of(spec)[0]


def metrics_of(spec: dict[str, Any]) -> tuple[str, ...]:
    """What is measured beside the loss, told by what the loss is for; accuracy where the loss is no longer known."""
    kind = (spec.get("loss") or {}).get("kind")
    losses = {
        part.kinds()[0]: part for part in parts_of(Spec.model_fields["loss"].annotation) if issubclass(part, Loss)
    }
    return METRICS[losses[kind].tasks[0] if kind in losses else "classification"][1:]
