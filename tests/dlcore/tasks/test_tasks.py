"""What each task measures, against scikit-learn, and that it learns on real data."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as reference

from dlcore.data.dataset import Examples
from dlcore.data.prepare import Parts
from dlcore.losses.multilabel_logistic import MultilabelLogistic
from dlcore.losses.softmax import Softmax
from dlcore.losses.squared_error import SquaredError
from dlcore.tasks.classification import Classification
from dlcore.tasks.multilabel import Multilabel
from dlcore.tasks.regression import Regression
from dlcore.tasks.task import Task
from dlcore.validation import SpecInvalid, parse_spec
from tests.dlcore.training import events_of, results_of

CPU = torch.device("cpu")
GENERATOR = np.random.default_rng(3)


def evaluate(task: Task, scores: np.ndarray, wanted: np.ndarray) -> dict[str, float]:
    """More examples than one batch of the evaluation has; the model hands its input on."""
    return task.evaluate(torch.nn.Identity(), (torch.from_numpy(scores).float(), torch.from_numpy(wanted)))


def test_accuracy_is_the_share_of_right_answers() -> None:
    scores, labels = GENERATOR.normal(size=(2345, 5)), GENERATOR.integers(0, 5, 2345)
    found = evaluate(Classification(Softmax(), CPU, "float32"), scores, labels)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(labels, scores.argmax(1)), abs=1e-12)
    assert found["loss"] == pytest.approx(reference.log_loss(labels, torch.softmax(torch.tensor(scores), 1)), rel=1e-5)


def parts_of(labels: np.ndarray) -> Parts:
    examples = Examples(np.zeros((len(labels), 1), np.float32), labels)
    return Parts(examples, examples, examples, examples)


@pytest.mark.parametrize("outputs", [1, 3])
def test_r2_and_mae_are_those_of_scikit_learn_in_the_datas_own_units(outputs: int) -> None:
    task = Regression(SquaredError(), CPU, "float32")
    labels = (1000.0 + 50.0 * GENERATOR.normal(size=(1234, outputs)) * np.arange(1, outputs + 1)).astype(np.float32)
    fitted = task.fitted(parts_of(labels)).training.labels
    np.testing.assert_allclose(fitted.mean(0), 0.0, atol=1e-5)
    np.testing.assert_allclose(fitted.std(0), 1.0, rtol=1e-5)
    said = labels + GENERATOR.normal(scale=10.0, size=labels.shape)
    found = evaluate(task, (said - labels.mean(0)) / labels.std(0), fitted)
    assert found["r2"] == pytest.approx(reference.r2_score(labels, said), rel=1e-4)
    assert found["mae"] == pytest.approx(reference.mean_absolute_error(labels, said), rel=1e-4)


def test_targets_are_scaled_by_the_training_part_alone() -> None:
    training, test = np.full((4, 1), 2.0, np.float32), np.full((4, 1), 90.0, np.float32)
    training[0] = 4.0
    empty = np.zeros((4, 1), np.float32)
    parts = Parts(Examples(empty, training), Examples(empty, test), Examples(empty, test), Examples(empty, test))
    fitted = Regression(SquaredError(), CPU, "float32").fitted(parts)
    assert fitted.test.labels[0, 0] == pytest.approx((90.0 - 2.5) / training.std(), rel=1e-6)


def test_a_constant_target_has_no_r2() -> None:
    task = Regression(SquaredError(), CPU, "float32")
    fitted = task.fitted(parts_of(np.full((10, 1), 7.0, np.float32))).training.labels
    assert evaluate(task, np.zeros((10, 1)), fitted) == {"loss": 0.0, "r2": 0.0, "mae": 0.0}


def test_many_labels_are_counted_together() -> None:
    scores, labels = GENERATOR.normal(size=(1500, 4)), (GENERATOR.random((1500, 4)) < 0.3).astype(np.float32)
    found = evaluate(Multilabel(MultilabelLogistic(), CPU, "float32"), scores, labels)
    assert found["f1"] == pytest.approx(reference.f1_score(labels, scores > 0, average="micro"), abs=1e-9)
    assert found["accuracy"] == pytest.approx(((scores > 0) == labels).mean(), abs=1e-9)


def test_diabetes_is_learnt_as_a_regression() -> None:
    spec = {
        "data": {"kind": "diabetes"},
        "network": {"kind": "mlp", "hidden": [32]},
        "loss": {"kind": "squared_error"},
        "optimizer": {"kind": "adam", "lr": 0.003},
        "epochs": 15,
    }
    results = results_of(events_of(spec))
    assert results["test/r2"] > 0.3  # a linear fit reaches about 0.45
    assert results["validation/r2"]["best"] >= results["validation/r2"]["last"]
    assert 30 < results["test/mae"] < 60  # of values from 25 to 346


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"loss": {"kind": "squared_error"}}, "loss.kind", "is for regression, but this is classification"),
        ({"data": {"kind": "diabetes"}}, "loss.kind", "is for classification"),
        ({"schedule": {"kind": "plateau", "metric": "r2"}}, "schedule.metric", "one of loss, accuracy"),
        (
            {"regularisation": [{"kind": "early_stopping", "metric": "mae"}]},
            "regularisation.0.metric",
            "loss, accuracy",
        ),
        (
            {"regularisation": [{"kind": "early_stopping"}], "data": {"kind": "digits", "split": {"validation": 0}}},
            "regularisation.0",
            "watches the validation part, but there is none",
        ),
        ({"regularisation": [{"kind": "early_stopping"}] * 2}, "regularisation", "Only one early stopping"),
    ],
)
def test_parts_that_do_not_go_together_are_named(changes: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(SpecInvalid) as caught:
        parse_spec({"data": {"kind": "digits"}, "network": {"kind": "softmax"}, **changes})
    assert [(problem.path, words in problem.message) for problem in caught.value.problems] == [(path, True)]
