"""The tables of final values: means over trials, their deviation, and which way each column gets better."""

from typing import Any

import pytest

from dlcore.scores import DIRECTIONS, METRICS
from webapp.compare.summary import Cell, Column, all_columns, cell_of, columns_for, summaries, trials_of
from webapp.models import Experiment, Trial

REGRESSION = {"loss": {"kind": "squared_error"}}


def experiment(*results: dict[str, Any], spec: dict[str, Any] | None = None) -> Experiment:
    trials = [Trial(number=index + 1, seed=index, results=one) for index, one in enumerate(results)]
    return Experiment(title="An experiment", spec=spec or {"no": "spec"}, trials=trials)


def results(accuracy: float, loss: float) -> dict[str, Any]:
    return {
        "validation/accuracy": {"last": accuracy, "best": accuracy + 0.01},
        "validation/loss": {"last": loss, "best": loss},
        "test/accuracy": accuracy,
        "duration_s": 10.0,
    }


def cell(cells: list[Cell], metric: str, which: str, metrics: tuple[str, ...] = ("accuracy",)) -> Cell:
    columns = columns_for(metrics)
    return next(c for c, column in zip(cells, columns, strict=True) if (column.metric, column.which) == (metric, which))


@pytest.mark.parametrize(
    ("metric", "better"),
    [
        ("validation/accuracy", "higher"),
        ("validation/r2", "higher"),
        ("test/f1", "higher"),
        ("validation/loss", "lower"),
        ("test/mae", "lower"),
    ],
)
def test_which_way_is_better_is_known_of_each_metric(metric: str, better: str) -> None:
    assert Column(metric, "last", "").better == better


def test_numbers_are_the_mean_of_the_trials_that_have_them() -> None:
    (summary,) = summaries([experiment(results(0.8, 0.5), results(0.9, 0.3), {})], 50)
    found = cell(summary.cells, "test/accuracy", "last")
    assert found.value == pytest.approx(0.85)
    assert found.deviation == pytest.approx(0.1 / 2**0.5)
    assert summary.duration_s == 10.0


def test_one_number_has_no_deviation_and_none_has_no_mean() -> None:
    summary, without = summaries([experiment(results(0.8, 0.5)), experiment({})], 50)
    assert cell(summary.cells, "validation/accuracy", "best") == Cell("validation/accuracy", 0.81)
    assert cell(without.cells, "validation/loss", "best") == Cell("validation/loss", None)


def test_what_is_not_finite_does_not_spoil_the_mean() -> None:
    assert cell_of("validation/loss", [float("nan"), 2.0, float("inf")]) == Cell("validation/loss", 2.0)


def test_the_table_of_trials_has_all_metrics_of_the_task_and_their_means() -> None:
    one = {"validation/r2": {"last": 0.5, "best": 0.6}, "test/mae": 3.0}
    other = {"validation/r2": {"last": 0.7, "best": 0.8}, "test/mae": 5.0}
    columns, rows, means = trials_of(experiment(one, other, spec=REGRESSION))
    assert {column.metric for column in columns} == {
        *("validation/r2", "validation/mae", "validation/loss", "test/r2", "test/mae")
    }
    assert [cell(row.cells, "validation/r2", "best", ("r2", "mae")).value for row in rows] == [0.6, 0.8]
    assert cell(means, "test/mae", "last", ("r2", "mae")).value == 4.0


def test_curves_are_shared_out_when_there_are_too_many_trials_and_numbers_are_of_all() -> None:
    many = experiment(*[results(0.5 + n / 100, 1.0) for n in range(20)])
    summary, _ = shown = summaries([many, experiment({})], 10)
    assert [len(one.trials) for one in shown] == [5, 1]
    assert cell(summary.cells, "test/accuracy", "last").value == pytest.approx(0.595)


def test_every_metric_that_we_measure_declares_which_way_it_gets_better() -> None:
    assert {metric for metrics in METRICS.values() for metric in metrics} <= DIRECTIONS.keys()


def test_a_metric_that_nobody_declared_has_no_best() -> None:
    assert Column("validation/wobble", "last", "").better is None


def test_columns_of_other_metrics_are_there_to_be_asked_for() -> None:
    one = experiment({"validation/f1": {"last": 0.5, "best": 0.6}, "validation/loss": {"last": 1.0, "best": 0.9}})
    other = experiment({"train/wobble": {"last": 3.0, "best": 2.0}, "duration_s": 4.0})
    more = [column for column in all_columns([one, other]) if not column.is_usual]
    assert [column.heading for column in more] == [
        "Best training wobble",
        "Last training wobble",
        "Best val. F1",
        "Last val. F1",
    ]
    assert [column.better for column in more] == [None, None, "higher", "higher"]


def test_a_spec_that_is_not_understood_has_no_number_of_parameters() -> None:
    (summary,) = summaries([experiment({})], 50)
    assert summary.parameters is None
