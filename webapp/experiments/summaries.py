"""What a row of a table or a card shows of an experiment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.experiments.metrics import main_metric
from webapp.experiments.sparklines import sparkline
from webapp.finite import number_of
from webapp.models import Experiment, State, Trial


@dataclass(frozen=True)
class Row:
    """An experiment with its numbers."""

    experiment: Experiment
    trial: Trial
    state: State
    parts: str
    metric: str
    validation_metric: float | None
    validation_loss: float | None
    duration_s: float | None
    spark: list[float]


def rows_of(session: Session, experiments: Sequence[Experiment]) -> list[Row]:
    """A row for each; their trials must be loaded."""
    return [row_of(session, experiment) for experiment in experiments]


def row_of(session: Session, experiment: Experiment) -> Row:
    """The row of one."""
    trial = experiment.trials[0]
    metric = main_metric(experiment.spec)
    return Row(
        experiment,
        trial,
        experiment.state,
        parts_in_words(experiment.spec),
        metric,
        best(trial.results, f"validation/{metric}"),
        best(trial.results, "validation/loss"),
        trial.results.get("duration_s"),
        sparkline(session, trial.id),
    )


def best(results: dict[str, Any], metric: str) -> float | None:
    """The best value of an evaluated metric."""
    value = results.get(metric)
    return number_of(value.get("best") if isinstance(value, dict) else value)


def parts_in_words(spec: dict[str, Any]) -> str:
    """ "mnist · lenet5 · momentum, lr 0.05"; an experiment without a spec was imported."""
    if not spec:
        return "imported"
    optimizer = spec.get("optimizer", {})
    lr = f", lr {optimizer['lr']:g}" if "lr" in optimizer else ""
    return f"{spec['data']['kind']} · {spec['network']['kind']} · {optimizer.get('kind', '')}{lr}"
