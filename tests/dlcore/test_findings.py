"""What is right and wrong among scores, against scikit-learn and SciPy."""

import json
import warnings

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import confusion_matrix, mean_absolute_error, precision_recall_fscore_support, r2_score

from dlcore.findings import MOST_CLASSES, MOST_PAIRS, MOST_SHOWN, of_classes, of_labels, of_numbers

NAMES = ("a", "b", "c", "d", "never said", "never there")


def classified(seed: int = 0, n: int = 300):
    """Scores and truths of six classes; the fifth is never said, the sixth is never true."""
    generator = np.random.default_rng(seed)
    scores = generator.normal(size=(n, 6))
    scores[:, 4] = -100
    return scores, generator.integers(0, 5, n)


def assert_same_rates(rows, truly, said, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        expected = precision_recall_fscore_support(truly, said, zero_division=0, **options)
    for key, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        np.testing.assert_allclose([row[key] for row in rows], values, rtol=1e-14)


def test_confusion_precision_recall_and_f1_are_those_of_scikit_learn():
    scores, truly = classified()
    found = of_classes(scores, truly, NAMES, probabilities=True)
    said = scores.argmax(1)
    assert found["confusion"] == confusion_matrix(truly, said, labels=range(6)).tolist()
    assert_same_rates(found["per_class"], truly, said, labels=range(6))
    assert found["mistakes"] == (said != truly).sum()


def test_zero_by_zero_is_zero():
    scores, truly = classified()
    rows = {row["name"]: row for row in of_classes(scores, truly, NAMES, probabilities=True)["per_class"]}
    assert (rows["never said"]["said"], rows["never said"]["precision"], rows["never said"]["f1"]) == (0, 0.0, 0.0)
    assert (rows["never there"]["support"], rows["never there"]["recall"], rows["never there"]["f1"]) == (0, 0.0, 0.0)


def test_the_most_confident_mistakes_come_first_with_their_probability():
    scores, truly = classified()
    worst = of_classes(scores, truly, NAMES, probabilities=True)["worst"]
    believed = softmax(scores, axis=1)
    assert len(worst) == MOST_SHOWN
    for mistake in worst:
        assert mistake["said"] == scores[mistake["index"]].argmax() != mistake["truly"] == truly[mistake["index"]]
        assert mistake["confidence"] == pytest.approx(believed[mistake["index"], mistake["said"]], rel=1e-12)
    shown = [mistake["confidence"] for mistake in worst]
    wrong = scores.argmax(1) != truly
    assert shown == pytest.approx(sorted(believed.max(1)[wrong], reverse=True)[:MOST_SHOWN], rel=1e-12)


def test_the_margin_is_how_far_what_was_said_is_above_the_truth():
    scores = np.array([[1.0, 3.5, 0.0], [2.0, 0.0, 1.0]])
    found = of_classes(scores, np.array([0, 0]), ("a", "b", "c"), probabilities=False)
    assert found["confidence"] == "score margin"
    assert found["worst"] == [{"index": 0, "said": 1, "truly": 0, "confidence": 2.5}]


def test_very_large_scores_and_scores_that_are_no_numbers_can_be_written_as_json():
    scores = np.array([[1e300, -1e300], [np.nan, 0.0], [1e4, 0.0]])
    worst = of_classes(scores, np.array([1, 1, 1]), ("a", "b"), probabilities=True)["worst"]
    assert [mistake["index"] for mistake in worst] == [0, 2, 1]
    assert [mistake["confidence"] for mistake in worst] == [1.0, 1.0, None]
    json.dumps(worst, allow_nan=False)


def test_a_confusion_matrix_that_nobody_could_read_is_left_out():
    names = tuple(map(str, range(MOST_CLASSES + 1)))
    found = of_classes(np.eye(MOST_CLASSES + 1), np.arange(MOST_CLASSES + 1), names, probabilities=True)
    assert (found["confusion"], found["worst"], len(found["per_class"])) == (None, [], MOST_CLASSES + 1)


def test_labels_each_have_their_rates_and_their_misses():
    generator = np.random.default_rng(1)
    scores, truly = generator.normal(size=(80, 3)), generator.integers(0, 2, (80, 3)).astype(np.float32)
    found = of_labels(scores, truly, ("x", "y", "z"), probabilities=True)
    assert_same_rates(found["per_class"], truly, (scores > 0).astype(int))
    first = found["worst"][0]
    wrong = (scores > 0) != (truly > 0.5)
    assert found["mistakes"] == wrong.sum()
    assert wrong[first["index"], first["label"]]
    assert first["confidence"] == pytest.approx(expit(np.abs(scores[wrong]).max()), rel=1e-12)
    assert first["said"] is not first["truly"]


def test_numbers_have_r2_and_absolute_error_of_each_target():
    generator = np.random.default_rng(2)
    wanted = (generator.normal(size=(90, 2)) * [1000, 0.1]).astype(np.float32)
    said = wanted + generator.normal(size=(90, 2)) * [100, 0.05]
    found = of_numbers(said, wanted, ("price", "grade"))
    for k, target in enumerate(found["per_target"]):
        assert target["r2"] == pytest.approx(r2_score(wanted[:, k].astype(float), said[:, k]), rel=1e-12)
        assert target["mae"] == pytest.approx(mean_absolute_error(wanted[:, k].astype(float), said[:, k]), rel=1e-12)


def test_the_largest_errors_are_found_over_targets_of_different_units():
    wanted = np.tile(np.array([[0.0, 0.0], [1000.0, 1.0]]), (30, 1))
    said = wanted.copy()
    said[7, 0] += 400  # less than a deviation of 500
    said[8, 1] += 2  # four deviations of 0.5
    worst = of_numbers(said, wanted, ("price", "grade"))["worst"]
    assert worst[0] == {"index": 8, "target": 1, "said": 2.0, "wanted": 0.0, "error": 2.0}
    assert (worst[1]["index"], worst[1]["target"], worst[1]["error"]) == (7, 0, 400.0)
    assert len(worst) == MOST_SHOWN


def test_a_scatter_has_at_most_500_pairs_from_all_over_the_part():
    wanted = np.arange(2000.0)[:, None]
    pairs = of_numbers(wanted + 1, wanted, ("y",))["pairs"][0]
    assert len(pairs["wanted"]) == len(pairs["said"]) == MOST_PAIRS
    assert (pairs["wanted"][0], pairs["wanted"][-1]) == (0, 1999)
    assert np.subtract(pairs["said"], pairs["wanted"]).tolist() == [1.0] * MOST_PAIRS


def test_a_constant_target_has_an_r2_of_0():
    assert of_numbers(np.ones((5, 1)), np.full((5, 1), 2.0), ("y",))["per_target"][0] == {
        "name": "y",
        "r2": 0.0,
        "mae": 1.0,
    }
