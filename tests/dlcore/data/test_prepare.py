"""How examples become parts: presets, folds, train-dev, another origin; and that nothing leaks between them."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlcore.data.dataset import Examples
from dlcore.data.digits import Digits
from dlcore.data.mnist import MNIST
from dlcore.data.prepare import Parts, cut, prepare
from dlcore.data.split import Split, divide, divide_in_folds, hold_back, subset
from dlcore.errors import SpecError
from dlcore.preprocess.center import Center
from dlcore.preprocess.pca import PCA
from dlcore.preprocess.preprocessing import Preprocessing
from dlcore.preprocess.scale import Scale
from dlcore.preprocess.standardise import Standardise
from dlcore.preprocess.whiten import Whiten
from dlcore.validation import SpecInvalid, parse_spec

LABELS = np.repeat([0, 1, 2], [600, 300, 100])
NUMBERS = np.random.default_rng(0).normal(size=(1000, 2)).astype(np.float32)


def examples(n: int, first: int = 0) -> Examples:
    """Each example's input is its own number."""
    return Examples(np.arange(first, first + n, dtype=np.float32)[:, None], np.arange(n) % 2)


def numbers_of(part: Examples) -> set[int]:
    return {int(number) for number in part.inputs.ravel()}


@pytest.mark.parametrize(
    ("validation", "test", "sizes"),
    [(0.2, 0.2, (600, 200, 200)), (0.01, 0.01, (980, 10, 10)), (0.0, 0.3, (700, 0, 300)), (0.25, 0.05, (700, 250, 50))],
)
def test_shares_are_those_that_were_asked_for(validation: float, test: float, sizes: tuple[int, ...]) -> None:
    for stratified in (True, False):
        parts = divide(LABELS, validation, test, seed=3, stratified=stratified)
        assert (len(parts.training), len(parts.validation), len(parts.test)) == sizes


def test_of_very_many_examples_a_quarter_of_a_percent_each_is_enough() -> None:
    parts = divide(np.zeros(400_000, np.int64), 0.0025, 0.0025, seed=0)
    assert (len(parts.training), len(parts.validation), len(parts.test)) == (398_000, 1000, 1000)


def test_the_same_seed_divides_as_it_always_did() -> None:
    parts = divide(np.repeat([0, 1], [6, 4]), 0.25, 0.25, seed=0)
    generator = np.random.default_rng([0, 1])  # written out: class by class, test last
    first, second = generator.permutation(6), 6 + generator.permutation(4)
    assert parts.test.tolist() == sorted([*first[4:], *second[3:]])
    assert parts.validation.tolist() == sorted([*first[2:4], *second[2:3]])


def test_without_strata_examples_are_drawn_from_all_classes_together() -> None:
    counts = {tuple(np.bincount(LABELS[divide(LABELS, 0.2, 0, s, stratified=False).validation])) for s in range(5)}
    assert len(counts) > 1
    assert {tuple(np.bincount(LABELS[divide(LABELS, 0.2, 0, s).validation])) for s in range(5)} == {(120, 60, 20)}


@pytest.mark.parametrize("labels", [NUMBERS, NUMBERS[:, 0], np.abs(NUMBERS).round().clip(0, 1)])
def test_numbers_and_several_labels_are_divided_at_random(labels: NDArray[np.float32]) -> None:
    parts = divide(labels, 0.2, 0.1, seed=0)
    assert [len(parts.training), len(parts.validation), len(parts.test)] == [700, 200, 100]
    assert len(subset(labels, 77, seed=0)) == 77


def test_every_example_outside_the_test_part_is_in_one_fold() -> None:
    folds = [divide_in_folds(LABELS, 7, fold, 0.1, seed=0) for fold in range(1, 8)]
    assert len({tuple(parts.test) for parts in folds}) == 1
    together = np.concatenate([parts.validation for parts in folds] + [folds[0].test])
    assert sorted(together) == list(range(1000))
    for parts in folds:
        assert sorted(np.concatenate([parts.training, parts.validation, parts.test])) == list(range(1000))


def test_folds_have_equal_sizes_and_the_classes_in_proportion() -> None:
    labels = np.repeat(np.arange(30), 11)  # 11 of a class do not divide by 4
    folds = [divide_in_folds(labels, 4, fold, 0.0, seed=0).validation for fold in range(1, 5)]
    assert {len(fold) for fold in folds} <= {82, 83}
    assert {int(n) for fold in folds for n in np.bincount(labels[fold])} == {2, 3}


def test_the_test_part_of_folds_is_that_of_a_single_split() -> None:
    assert np.array_equal(divide_in_folds(LABELS, 5, 2, 0.2, seed=4).test, divide(LABELS, 0.1, 0.2, seed=4).test)


def test_digits_are_trained_fold_by_fold() -> None:
    parts = [prepare(Digits(split=Split(folds=3, fold=fold)), seed=0) for fold in (1, 2, 3)]
    sizes = [len(part.validation.labels) for part in parts]
    assert sum(sizes) == 1797 - len(parts[0].test.labels)
    assert max(sizes) - min(sizes) <= 1


def test_train_dev_is_held_back_from_the_training_part_only() -> None:
    plain, held = (cut(examples(100), None, Split(train_dev=share), 0) for share in (0.0, 0.25))
    assert numbers_of(held.validation) == numbers_of(plain.validation)
    assert numbers_of(held.test) == numbers_of(plain.test)
    assert numbers_of(held.training) | numbers_of(held.train_dev) == numbers_of(plain.training)
    assert not numbers_of(held.training) & numbers_of(held.train_dev)
    assert len(held.train_dev.labels) == 20
    assert [name for name, _ in held.named()] == ["training", "validation", "test", "train_dev"]
    assert [name for name, _ in plain.named()] == ["training", "validation", "test"]


def test_what_is_held_back_has_the_classes_in_proportion() -> None:
    _, back = hold_back(LABELS, 0.1, seed=0)
    assert np.bincount(LABELS[back]).tolist() == [60, 30, 10]


def test_classes_too_small_for_their_share_are_no_reason_to_hold_back_nothing() -> None:
    stay, back = hold_back(np.arange(200), 0.1, seed=0)
    assert (len(stay), len(back)) == (180, 20)


def test_a_part_that_comes_out_empty_is_told() -> None:
    split = Split(validation=0.01, test=0.002)
    parts = prepare(Digits(split=split), seed=0)
    assert (len(parts.validation.labels), len(parts.test.labels)) == (20, 0)
    assert parts.notes[0].startswith("The test part (0.002) came out empty")
    assert prepare(Digits(split=split.model_copy(update={"stratified": False})), seed=0).notes == ()


@pytest.mark.erratum(29)
def test_with_validation_from_the_test_part_the_two_origins_are_never_mixed() -> None:
    parts = cut(examples(100), examples(40, first=1000), Split(validation=0.5, validation_from="test"), 0)
    assert numbers_of(parts.training) == set(range(100))
    assert numbers_of(parts.validation) | numbers_of(parts.test) == set(range(1000, 1040))
    assert not numbers_of(parts.validation) & numbers_of(parts.test)
    assert (len(parts.validation.labels), len(parts.test.labels)) == (20, 20)


def test_train_dev_is_of_the_training_examples_origin() -> None:
    split = Split(validation=0.5, validation_from="test", train_dev=0.1)
    parts = cut(examples(100), examples(40, first=1000), split, 0)
    assert numbers_of(parts.train_dev) < set(range(100))
    assert len(parts.train_dev.labels) == 10


def test_a_set_without_a_test_part_cannot_give_a_validation_part_from_it() -> None:
    with pytest.raises(SpecError) as raised:
        cut(examples(10), None, Split(validation_from="test"), 0)
    assert raised.value.path == "data.split.validation_from"


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        ({"kind": "digits", "split": {"validation_from": "test"}}, "data", "no test part"),
        ({"kind": "mnist", "split": {"validation_from": "test", "test": 0.1}}, "data.split", "leave test and folds"),
        ({"kind": "mnist", "split": {"validation_from": "test", "folds": 3}}, "data.split", "leave test and folds"),
        ({"kind": "digits", "split": {"folds": 3, "fold": 4}}, "data.split", "fold may be 1 to 3"),
        ({"kind": "digits", "split": {"folds": 1}}, "data.split.folds", "between 2 and 20"),
        ({"kind": "digits", "split": {"train_dev": 0.6}}, "data.split.train_dev", "between 0 and 0.5"),
    ],
)
def test_a_split_that_cannot_be_is_told(data: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({"data": data, "network": {"kind": "softmax"}})
    (problem,) = raised.value.problems
    assert problem.path == path
    assert words in problem.message


def test_mnist_may_take_its_validation_part_from_its_test_part() -> None:
    assert MNIST(split=Split(validation_from="test")).split.validation_from == "test"


class Planted(Digits):
    """Digits whose examples outside the training part are replaced by huge numbers: statistics that see them go astray."""

    positions: list[int] = []

    def read(self) -> tuple[Examples, Examples | None]:
        given, _ = super().read()
        inputs = given.inputs.astype(np.float32)
        inputs[self.positions] = 1e4
        return Examples(inputs, given.labels), None


def outside_training(split: Split) -> list[int]:
    training = divide(Digits().read()[0].labels, split.validation, 0.1, seed=0).training
    kept, _ = hold_back(Digits().read()[0].labels[training], split.train_dev, seed=0)
    return sorted(set(range(1797)) - set(training[kept].tolist()))


@pytest.mark.parametrize(
    "step", [Center(), Standardise(), Standardise(per="feature"), Scale(), PCA(components=5), Whiten(eps=1e-3)]
)
def test_no_statistic_sees_an_example_outside_the_training_part(step: Preprocessing) -> None:
    split = Split(validation=0.2, train_dev=0.2)
    data = {"split": split, "preprocess": (step,)}
    plain: Parts = prepare(Digits(**data), seed=0)
    planted = prepare(Planted(**data, positions=outside_training(split)), seed=0)
    assert np.array_equal(plain.training.inputs, planted.training.inputs)
    for name in ("validation", "test", "train_dev"):
        assert not np.array_equal(getattr(plain, name).inputs, getattr(planted, name).inputs)


def test_the_training_parts_mean_is_subtracted_from_the_other_parts() -> None:
    given, _ = Digits().read()
    positions = divide(given.labels, 0.3, 0.1, seed=0)
    parts = prepare(Digits(split=Split(validation=0.3), preprocess=(Center(per="feature"),)), seed=0)
    raw = given.inputs.astype(float)
    np.testing.assert_allclose(
        parts.validation.inputs, raw[positions.validation] - raw[positions.training].mean(0), atol=1e-5
    )
    assert np.abs(raw[positions.training].mean(0) - raw.mean(0)).max() > 0.01  # the whole's mean is another


class WithHoles(Digits):
    """Rows of two numbers, some of them missing."""

    def read(self) -> tuple[Examples, Examples | None]:
        inputs = np.arange(200, dtype=np.float32).reshape(100, 2)
        inputs[::7, 1] = np.nan
        return Examples(inputs, np.zeros(100, np.int64)), None

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ("rooms", "bedrooms")


def test_what_is_missing_becomes_the_training_parts_mean_and_is_said() -> None:
    parts = prepare(WithHoles(preprocess=()), seed=0)
    given = WithHoles().read()[0].inputs
    positions = divide(np.zeros(100, np.int64), 0.1, 0.1, seed=0)
    mean = np.nanmean(given[positions.training, 1].astype(float))
    holes = np.isnan(given[positions.test, 1])
    assert mean != pytest.approx(np.nanmean(given[:, 1].astype(float)), abs=1e-3)
    assert np.isfinite(parts.test.inputs).all()
    assert parts.test.inputs[holes, 1] == pytest.approx(mean)
    assert parts.notes == ("15 missing values in bedrooms were replaced by the mean of the training part.",)
    assert prepare(Digits(), seed=0).notes == ()
