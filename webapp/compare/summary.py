"""Final values in a table: a row for each compared experiment, or for each trial of one."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from dlcore.describe import describe
from dlcore.errors import SpecError
from dlcore.scores import direction_of
from dlcore.spec import Spec
from webapp.experiments.metrics import LABELS, in_words, main_metric, metrics_of
from webapp.finite import number_of
from webapp.models import Experiment, Trial

PART_WORDS = {
    "validation": "val.",
    "train": "training",
    "train_dev": "train-dev",
    "validation_averaged": "averaged val.",
}


@dataclass(frozen=True)
class Column:
    """A metric, the last or the best of it, and which way it gets better."""

    metric: str
    which: str  # "best" or "last"
    heading: str
    is_usual: bool = True  # shown without being asked for

    @property
    def name(self) -> str:
        """What it is called in addresses, e.g. ``validation/loss.best``."""
        return self.metric if self.metric.startswith("test/") else f"{self.metric}.{self.which}"

    @property
    def better(self) -> str | None:
        """ "higher" or "lower"; None where nobody said which."""
        return direction_of(self.metric)


@dataclass(frozen=True)
class Cell:
    """A number, and its standard deviation where it is the mean of several."""

    metric: str
    value: float | None
    deviation: float | None = None


@dataclass(frozen=True)
class Summary:
    """A row: an experiment, the trials whose curves are shown, and the mean numbers of all its trials."""

    experiment: Experiment
    trials: list[Trial]
    cells: list[Cell]
    duration_s: float | None
    parameters: int | None


@dataclass(frozen=True)
class TrialValues:
    """A row: one trial of an experiment."""

    trial: Trial
    cells: list[Cell]
    duration_s: float | None


def main_metrics(experiments: Sequence[Experiment]) -> list[str]:
    """The metrics that are looked at first in any of the experiments."""
    return sorted({main_metric(experiment.spec) for experiment in experiments})


def columns_for(metrics: Sequence[str]) -> list[Column]:
    """The columns of a table where these are the metrics beside the loss."""
    validated = [
        Column(f"validation/{metric}", which, f"{which.capitalize()} val. {in_sentence(metric)}")
        for metric in (*metrics, "loss")
        for which in ("best", "last")
    ]
    return [*validated, *(Column(f"test/{metric}", "last", f"Test {in_sentence(metric)}") for metric in metrics)]


def all_columns(experiments: Sequence[Experiment]) -> list[Column]:
    """The usual columns, then those of every other metric that any of the trials has."""
    usual = columns_for(main_metrics(experiments))
    known = {(column.metric, column.which) for column in usual}
    found: dict[tuple[str, str], None] = {}
    for experiment in experiments:
        for trial in experiment.trials:
            found.update(dict.fromkeys(measured(trial.results)))
    more = [Column(key, which, heading_of(key, which), False) for key, which in sorted(found.keys() - known)]
    return [*usual, *more]


def measured(results: dict[str, Any]) -> list[tuple[str, str]]:
    """(key, "best" or "last") of the metrics in a trial's results."""
    keys = [key for key in results if "/" in key]
    return [
        (key, which) for key in keys for which in (("best", "last") if isinstance(results[key], dict) else ("last",))
    ]


def heading_of(key: str, which: str) -> str:
    """E.g. "Best val. F1"."""
    part, _, metric = key.partition("/")
    if part == "test":
        return f"Test {in_sentence(metric)}"
    return f"{which.capitalize()} {PART_WORDS.get(part, part.replace('_', ' '))} {in_sentence(metric)}"


def in_sentence(metric: str) -> str:
    """What a metric, or the loss, is called within a heading."""
    return in_words(metric) if metric in LABELS else metric


def summaries(
    experiments: Sequence[Experiment], most_trials: int, columns: Sequence[Column] | None = None
) -> list[Summary]:
    """A row for each; of all together at most ``most_trials`` trials show their curves."""
    each = max(1, most_trials // max(len(experiments), 1))
    columns = columns_for(main_metrics(experiments)) if columns is None else columns
    return [
        Summary(
            experiment,
            experiment.trials[:each],
            cells_of(experiment.trials, columns),
            cell_of("duration_s", [trial.results.get("duration_s") for trial in experiment.trials]).value,
            parameters_of(experiment.spec),
        )
        for experiment in experiments
    ]


def trials_of(experiment: Experiment) -> tuple[list[Column], list[TrialValues], list[Cell]]:
    """(columns, a row for each trial, the means) of one experiment."""
    columns = columns_for(metrics_of(experiment.spec))
    rows = [
        TrialValues(trial, cells_of([trial], columns), trial.results.get("duration_s")) for trial in experiment.trials
    ]
    return columns, rows, cells_of(experiment.trials, columns)


def cells_of(trials: Sequence[Trial], columns: Sequence[Column]) -> list[Cell]:
    """The mean of some trials in each column."""
    return [cell_of(c.metric, [result(trial.results, c.metric, c.which) for trial in trials]) for c in columns]


def cell_of(metric: str, values: Sequence[float | None]) -> Cell:
    """The mean of those that are known, and their deviation where these are two or more."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return Cell(metric, None)
    return Cell(metric, statistics.fmean(known), statistics.stdev(known) if len(known) > 1 else None)


def result(results: dict[str, Any], metric: str, which: str) -> float | None:
    """The last or the best of a metric in a trial's results."""
    value = results.get(metric)
    return number_of(value.get(which) if isinstance(value, dict) else value)


def parameters_of(spec: dict[str, Any]) -> int | None:
    """How many parameters the network has; None for a spec that is no longer understood."""
    try:
        return describe(Spec.model_validate(spec)).parameters
    except (ValidationError, SpecError):
        return None
