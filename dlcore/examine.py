"""What a trained model gets wrong on the test part, as a report and a picture. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dlcore.data.dataset import Examples
from dlcore.data.prepare import raw_test_part
from dlcore.errors import DatasetError
from dlcore.events import Event, Picture, Report, Text
from dlcore.findings import number, numbers, of_classes, of_labels, of_numbers
from dlcore.sheet import is_picture, sheet
from dlcore.spec import Spec
from dlcore.tasks.task import Task

KIND = "errors"
MOST_FEATURES = 64  # of a row that is shown


def examine(
    spec: Spec, task: Task, scored: Sequence[torch.Tensor], tested: Mapping[str, float], step: int, epoch: float
) -> Iterator[Event]:
    """A Report on the test part, and before it, where examples are pictures, the Picture of those that it shows.

    ``scored``: what the model said of the prepared test part; ``tested``: its metrics. The examples are read anew, without
    preprocessing; a data set that has gone since costs the report and nothing else.
    """
    try:
        raw = raw_test_part(spec.data, spec.seed)
        if len(raw.labels) != sum(map(len, scored)):
            raise DatasetError("The data set has changed since training began.")
    except DatasetError as error:
        yield Text(f"What was wrong on the test part cannot be shown. {error}", level="warning", step=step)
        return
    scores = torch.cat(list(scored)).double().cpu().numpy()
    found = findings(spec, task, scores, raw.labels)
    positions = [mistake["index"] for mistake in found["worst"]]
    if positions and is_picture(spec.data.input_shape):
        pixels, found["tiles"] = sheet(raw.inputs, positions)
        yield Picture(KIND, "examples", step, epoch, pixels, found["tiles"])
    elif positions:
        add_rows(found, raw, spec.data.feature_names)
    metrics = {name: number(value) for name, value in tested.items()}
    head = {"task": spec.data.task, "part": "test", "examples": len(scores), "metrics": metrics, "zero_by_zero": 0}
    yield Report(KIND, step, epoch, {**head, **found})


def findings(spec: Spec, task: Task, scores: NDArray[np.float64], labels: NDArray[Any]) -> dict[str, Any]:
    """What is right and wrong, by the task."""
    names = spec.data.target_names
    if spec.data.task == "regression":
        return of_numbers(task.in_own_units(scores), labels, names)
    if spec.data.task == "multilabel":
        return of_labels(scores, labels, names, probabilities=spec.loss.gives_probabilities)
    return of_classes(scores, labels, names, probabilities=spec.loss.gives_probabilities)


def add_rows(found: dict[str, Any], raw: Examples, names: tuple[str, ...]) -> None:
    """The examples as their numbers, beside what their columns are called."""
    for mistake in found["worst"]:
        mistake["row"] = numbers(np.ravel(raw.inputs[mistake["index"]])[:MOST_FEATURES])
    width = len(found["worst"][0]["row"])
    found["features"] = [names[k] if k < len(names) else f"feature {k + 1}" for k in range(width)]
    found["features_in_all"] = int(np.prod(raw.inputs.shape[1:]))
