"""The summary table: means over trials, and the best of each column."""

from webapp.compare.summary import summaries
from webapp.models import Experiment, Trial


def experiment(*results):
    trials = [Trial(number=index + 1, seed=index, results=one) for index, one in enumerate(results)]
    return Experiment(title="An experiment", spec={"no": "spec"}, trials=trials)


def results(accuracy, loss):
    return {
        "validation/accuracy": {"last": accuracy, "best": accuracy + 0.01},
        "validation/loss": {"last": loss, "best": loss},
        "test/accuracy": accuracy,
        "duration_s": 10.0,
    }


def cell(summary, metric, which):
    return next(cell for cell in summary.cells if (cell.metric, cell.which) == (metric, which))


def test_the_highest_accuracy_and_the_lowest_loss_are_marked():
    worse, better = summaries([experiment(results(0.8, 0.5)), experiment(results(0.9, 0.3))], 50)
    for metric, which in (("validation/accuracy", "best"), ("validation/loss", "last"), ("test/accuracy", "last")):
        assert cell(better, metric, which).best
        assert not cell(worse, metric, which).best


def test_numbers_are_the_mean_of_the_trials_that_have_them():
    (summary,) = summaries([experiment(results(0.8, 0.5), results(0.9, 0.3), {})], 50)
    assert abs(cell(summary, "test/accuracy", "last").value - 0.85) < 1e-12
    assert summary.duration_s == 10.0


def test_one_number_alone_is_not_the_best_of_anything():
    summary, without = summaries([experiment(results(0.8, 0.5)), experiment({})], 50)
    assert not any(cell.best for cell in summary.cells)
    assert cell(without, "validation/loss", "best").value is None


def test_trials_are_shared_out_when_there_are_too_many():
    many = experiment(*[{} for _ in range(20)])
    assert [len(summary.trials) for summary in summaries([many, experiment({})], 10)] == [5, 1]


def test_a_spec_that_is_not_understood_has_no_number_of_parameters():
    (summary,) = summaries([experiment({})], 50)
    assert summary.parameters is None


def test_equal_numbers_are_not_marked():
    rows = summaries([experiment(results(0.8, 0.5)), experiment(results(0.8, 0.5))], 50)
    assert not any(cell.best for row in rows for cell in row.cells)
