"""Splits: every example in one part, classes in proportion, statistics of the training part only."""

import numpy as np
import pytest

from dlcore.data.digits import Digits
from dlcore.data.prepare import prepare
from dlcore.data.split import Split, divide, subset
from dlcore.preprocess.center import Center
from dlcore.preprocess.scale import Scale
from dlcore.preprocess.standardise import Standardise

LABELS = np.repeat([0, 1, 2], [600, 300, 100])


def test_every_example_is_in_exactly_one_part() -> None:
    parts = divide(LABELS, 0.2, 0.2, seed=0)
    joined = np.concatenate([parts.training, parts.validation, parts.test])
    assert sorted(joined) == list(range(1000))


def test_parts_have_the_classes_in_proportion() -> None:
    parts = divide(LABELS, 0.2, 0.1, seed=0)
    assert np.bincount(LABELS[parts.validation]).tolist() == [120, 60, 20]
    assert np.bincount(LABELS[parts.test]).tolist() == [60, 30, 10]


def test_the_seed_decides_the_split() -> None:
    first, again, other = (divide(LABELS, 0.2, 0.2, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.validation, again.validation)
    assert not np.array_equal(first.validation, other.validation)


def test_a_subset_is_stratified_and_exact() -> None:
    chosen = subset(LABELS, 101, seed=0)
    assert len(chosen) == len(set(chosen.tolist())) == 101
    assert np.abs(np.bincount(LABELS[chosen]) - [60.6, 30.3, 10.1]).max() < 1


def test_statistics_come_from_the_training_part_only() -> None:
    parts = prepare(Digits(split=Split(validation=0.3)), seed=0)
    assert abs(parts.training.inputs.mean()) < 1e-6
    assert parts.training.inputs.std() == pytest.approx(1, abs=1e-5)
    assert abs(parts.validation.inputs.mean()) > 1e-6  # its own mean was not used


def test_train_size_takes_some_of_the_training_part_and_leaves_the_others_whole() -> None:
    whole, few = prepare(Digits(), seed=0), prepare(Digits(train_size=100), seed=0)
    assert len(few.training.labels) == 100
    assert np.array_equal(few.validation.labels, whole.validation.labels)


@pytest.mark.parametrize("step", [Standardise(), Center(), Scale()])
def test_constant_inputs_do_not_become_nan(step: Standardise) -> None:
    constant = np.full((10, 3), 7.0, np.float32)
    assert np.isfinite(step.fit(constant)(constant)).all()


def test_standardising_works_channel_by_channel() -> None:
    images = (
        np.random.default_rng(0).normal([[[[1.0]], [[5.0]]]], [[[[2.0]], [[0.5]]]], (500, 2, 6, 6)).astype(np.float32)
    )
    done = Standardise().fit(images)(images)
    np.testing.assert_allclose(done.mean((0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(done.std((0, 2, 3)), 1, atol=1e-5)


def test_bytes_are_scaled_to_minus_one_and_one() -> None:
    images = np.array([0, 127.5, 255], np.float32).reshape(3, 1, 1, 1)
    assert Scale().fit(images)(images).ravel().tolist() == [-1, 0, 1]
