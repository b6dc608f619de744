"""What every data set must be: a new one is tested by existing."""

from pathlib import Path

import numpy as np
import pytest

from dlcore.data import Dataset
from dlcore.errors import DatasetMissing, SpecError
from dlcore.part import discover
from tests.conftest import ROOT

EVERY = discover("dlcore.data", Dataset)
NAMED_BY_THE_PERSON = {"csv", "npz", "image_folder"}
WITHOUT_FILES = {
    "blobs",
    "circles",
    "moons",
    "sine",
    "spirals",
    "xor",
    "breast_cancer",
    "diabetes",
    "digits",
    "iris",
    "wine",
}
SLOW = {"cifar10_jpeg"}  # decoding its 60,000 pictures takes half a minute
READ = [
    kind for kind in EVERY if kind.kinds()[0] not in NAMED_BY_THE_PERSON | SLOW
]  # the others have tests of their own
every_set = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.kinds()[0])


def test_the_sets_that_were_promised_are_there() -> None:
    promised = """blobs breast_cancer california_housing cifar10 cifar10_jpeg circles csv diabetes digits fashion_mnist
    image_folder iris mnist moons npz sine spirals wine wine_quality xor"""
    assert {kind.kinds()[0] for kind in EVERY} >= set(promised.split())


@every_set
def test_its_shapes_are_known_without_its_files(
    kind: type[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    data = kind()
    if data.kind in NAMED_BY_THE_PERSON:
        for ask in (lambda: data.outputs, lambda: data.target_names, lambda: data.size):
            with pytest.raises(SpecError, match="Path is required") as raised:
                ask()
            assert raised.value.path == "data.path"
        return
    assert len(data.network_shape) in (1, 3)
    assert data.outputs == len(data.target_names) == data.classes == len(data.class_names)
    assert data.feature_names == () or data.input_shape == (len(data.feature_names),)
    assert data.size > 0


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.kinds()[0])
def test_what_it_declares_is_what_it_reads(kind: type[Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESCENT_VAR", raising=False)  # nothing is downloaded
    data = kind()
    try:
        given, test = data.read()
    except DatasetMissing as missing:
        pytest.skip(str(missing))
    assert test is None or bool(data.has_test_part)
    for part in (given, test) if test else (given,):
        assert part.inputs.shape[1:] == data.input_shape
        assert part.inputs.dtype in (np.uint8, np.float32)
        assert len(part.inputs) == len(part.labels)
        if data.task == "classification":
            assert part.labels.dtype == np.int64
            assert part.labels.shape == (len(part.inputs),)
            assert 0 <= part.labels.min() <= part.labels.max() < data.classes
        else:
            assert part.labels.dtype == np.float32
            assert part.labels.shape == (len(part.inputs), data.outputs)


def what_is_missing(data: Dataset) -> str | None:
    """What it says when it finds no files; None when it needs none."""
    try:
        assert len(data.read()[0].labels) == data.size
    except (DatasetMissing, SpecError) as missing:
        return str(missing)
    return None


@every_set
def test_a_set_that_is_made_of_files_says_where_they_should_be_and_so_does_the_guide(
    kind: type[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    told = what_is_missing(kind())
    if told:
        assert kind.kinds()[0] not in WITHOUT_FILES
        assert "DESCENT_DATA" in told
        assert f"`{kind.kinds()[0]}`" in (ROOT / "docs/data.md").read_text()
    assert not list(tmp_path.iterdir())
