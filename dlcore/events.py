"""What the training loop says: plain dataclasses of numpy arrays. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scalars:
    """Points of one curve, in the order of their steps.

    steps: int64 (n,), strictly rising; values: float64 (n,), NaN and infinities included; times: float64 (n,), Unix seconds.
    """

    key: str
    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    times: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the state of training at a step, e.g. the filters of the first layer.

    pixels: uint8, (height, width) grey or (height, width, 3) RGB.
    """

    kind: str  # "filters", "errors"
    name: str  # what it shows: the layer, e.g. "conv1"
    step: int
    epoch: float
    pixels: NDArray[np.uint8]
    details: Mapping[str, Any] = field(default_factory=dict)  # tiles, tile size, value range


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of a layer's activations, of a weight or of its gradient are distributed at a step.

    counts: int64 (bins,) of even bins from ``low`` to ``high``; ``nonfinite`` values are in none of them.
    """

    key: str  # "activations/relu1", "gradients/fc1.weight", "weights/fc1.weight"
    step: int
    epoch: float
    low: float
    high: float
    counts: NDArray[np.int64]
    nonfinite: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A line for the trial's log. level: "info", "warning" or "error"."""

    message: str
    level: str = "info"
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is; comes at least every 100 ms, so that whoever listens may act."""

    step: int
    steps: int
    epoch: float
    epochs: int
    examples_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing yet: the data is being prepared. Comes some times a second, so that whoever listens may act."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is needed to go on as if nothing had happened: weights, optimizer, random states, position in the data.

    arrays: flat name -> array; details: JSON-able rest. ``train(spec, resume=checkpoint)`` goes on from it.
    """

    step: int
    epoch: int
    arrays: Mapping[str, NDArray[Any]]
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """The last and the best of each evaluated metric, ``test/*`` once the test part has been used, ``duration_s``.

    Comes after each evaluation, and at the end; each takes the place of the one before.

    values: e.g. {"validation/accuracy": {"last": 0.97, "best": 0.98, "best_step": 1200}, "test/accuracy": 0.968, "duration_s": 3.1}
    """

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about a trained model, e.g. what it gets wrong on the test part. content: JSON-able."""

    kind: str  # "errors"
    step: int
    epoch: float
    content: Mapping[str, Any]


Event = Scalars | Picture | Histogram | Text | Progress | Waiting | Checkpoint | Results | Report
