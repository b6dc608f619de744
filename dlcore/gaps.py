"""How much better a model does on what it has seen: the gap between training and validation."""

from collections.abc import Mapping

from dlcore.scores import HIGHER_IS_BETTER


def gaps(evaluated: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """{"gap/METRIC"} of each metric that both parts have; positive means overfitting, whichever way is better.

    evaluated: {"train": {metric: value}, "validation": {metric: value}}, the training metrics those of its fixed sample.

        gap/loss = validation − train          gap/accuracy = train − validation
    """
    train, validation = evaluated.get("train", {}), evaluated.get("validation", {})
    return {
        f"gap/{metric}": (train[metric] - validation[metric]) * (1 if metric in HIGHER_IS_BETTER else -1)
        for metric in train
        if metric in validation
    }
