"""The small sets that scikit-learn ships are what scikit-learn reads."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn import datasets

from dlcore.data.breast_cancer import BreastCancer
from dlcore.data.dataset import Dataset
from dlcore.data.diabetes import Diabetes
from dlcore.data.digits import Digits
from dlcore.data.iris import Iris
from dlcore.data.wine import Wine

THEIRS = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


@pytest.mark.parametrize("data", [Digits(), Iris(), Wine(), BreastCancer(), Diabetes()], ids=lambda data: data.kind)
def test_rows_and_targets_are_scikit_learns(data: Dataset) -> None:
    given, theirs = data.read()[0], THEIRS[data.kind]()
    assert np.array_equal(given.inputs.reshape(len(given.labels), -1), theirs.data.astype(np.float32))
    assert np.array_equal(given.labels.ravel(), theirs.target)
    assert given.inputs.shape == (data.size, *data.input_shape)


@pytest.mark.parametrize("data", [Iris(), Wine(), BreastCancer()], ids=lambda data: data.kind)
def test_names_belong_to_their_columns_and_classes(data: Dataset) -> None:
    theirs = THEIRS[data.kind]()
    assert len(data.feature_names) == theirs.data.shape[1]
    for ours, name in zip(data.feature_names, theirs.feature_names, strict=True):
        first = {"alcalinity", "worst", "mean"} & set(ours.replace("_", " ").split())
        assert first <= set(name.replace("_", " ").split())
    assert data.classes == len(theirs.target_names)


def test_a_regression_declares_its_target() -> None:
    data = Diabetes()
    assert (data.task, data.outputs, data.target_names) == ("regression", 1, ("progression",))
    assert data.read()[0].labels.dtype == np.float32
    assert (Iris().task, Iris().outputs, Iris().target_names) == ("classification", 3, Iris().class_names)


def test_scikit_learn_is_not_imported_for_its_files() -> None:
    code = "import sys; from dlcore.data.iris import Iris; Iris().read(); print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
