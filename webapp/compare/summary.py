"""The numbers of compared experiments: one row each, with the best of every column marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from dlcore.describe import describe
from dlcore.errors import SpecError
from dlcore.spec import Spec
from webapp.experiments.metrics import in_words, main_metric
from webapp.models import Experiment, Trial

Column = tuple[str, str, str]  # metric, "best" or "last", heading


@dataclass(frozen=True)
class Cell:
    """A number of an experiment. ``best``: no other compared experiment has a better one."""

    metric: str
    which: str
    value: float | None
    best: bool = False


@dataclass(frozen=True)
class Summary:
    """A row: an experiment, the trials that are shown of it, and their mean numbers."""

    experiment: Experiment
    trials: list[Trial]
    cells: list[Cell]
    duration_s: float | None
    parameters: int | None


def main_metrics(experiments: Sequence[Experiment]) -> list[str]:
    """The metrics that are looked at first in any of the experiments."""
    return sorted({main_metric(experiment.spec) for experiment in experiments})


def columns_for(metrics: Sequence[str]) -> list[Column]:
    """The columns of the table where these are the main metrics."""
    main = [
        (f"validation/{metric}", which, f"{which.capitalize()} val. {in_words(metric)}")
        for metric in metrics
        for which in ("best", "last")
    ]
    losses = [("validation/loss", "best", "Best val. loss"), ("validation/loss", "last", "Last val. loss")]
    return [*main, *losses, *((f"test/{metric}", "last", f"Test {in_words(metric)}") for metric in metrics)]


def summaries(experiments: Sequence[Experiment], most_trials: int) -> list[Summary]:
    """A row for each, from at most ``most_trials`` trials together."""
    each = max(1, most_trials // max(len(experiments), 1))
    shown = [experiment.trials[:each] for experiment in experiments]
    columns = [column_of(shown, metric, which) for metric, which, _ in columns_for(main_metrics(experiments))]
    return [
        Summary(
            experiment,
            trials,
            [column[position] for column in columns],
            mean([trial.results.get("duration_s") for trial in trials]),
            parameters_of(experiment.spec),
        )
        for position, (experiment, trials) in enumerate(zip(experiments, shown, strict=True))
    ]


def column_of(shown: Sequence[Sequence[Trial]], metric: str, which: str) -> list[Cell]:
    """A metric of all experiments; the best is marked where they are not all the same."""
    values = [mean([result(trial.results, metric, which) for trial in trials]) for trials in shown]
    known = [value for value in values if value is not None]
    best = (min if metric.endswith("loss") else max)(known) if len(set(known)) > 1 else None
    return [Cell(metric, which, value, best is not None and value == best) for value in values]


def result(results: dict[str, Any], metric: str, which: str) -> float | None:
    """The last or the best of a metric in a trial's results."""
    value = results.get(metric)
    return value.get(which) if isinstance(value, dict) else value


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of those that are known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def parameters_of(spec: dict[str, Any]) -> int | None:
    """How many parameters the network has; None for a spec that is no longer understood."""
    try:
        return describe(Spec.model_validate(spec)).parameters
    except (ValidationError, SpecError):
        return None
