"""Arrays of one's own in an .npz file."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.data.npz import NPZArrays
from dlcore.data.prepare import prepare
from dlcore.data.split import Split
from dlcore.errors import DatasetError
from dlcore.validation import SpecInvalid, parse_spec

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 5)).astype(np.float32)
Y = np.arange(40) % 3


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    return tmp_path


def problem_of(**data: Any) -> tuple[str, str]:
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({"data": {"kind": "npz", "path": "a.npz", **data}, "network": {"kind": "softmax"}})
    (problem,) = raised.value.problems
    return problem.path, problem.message


@pytest.mark.parametrize("names", [("x", "y"), ("inputs", "labels"), ("x_train", "y_train")])
def test_rows_and_classes_are_read_by_the_usual_names(folder: Path, names: tuple[str, str]) -> None:
    np.savez(folder / "a.npz", **{names[0]: X, names[1]: Y})
    data = NPZArrays(path="a.npz")
    given, test = data.read()
    assert test is None
    assert np.array_equal(given.inputs, X)
    assert np.array_equal(given.labels, Y)
    assert (data.input_shape, data.classes, data.outputs, data.size) == ((5,), 3, 3, 40)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_test_part_of_its_own_is_the_test_part(folder: Path, save: Any) -> None:
    save(folder / "a.npz", x_train=X, y_train=Y, x_test=X[:7], y_test=Y[:7] + 1)
    data = NPZArrays(path="a.npz", split=Split(validation_from="test", validation=0.5))
    assert data.classes == 4
    assert [len(part.labels) for _, part in prepare(data, 0).named()] == [40, 4, 3]


@pytest.mark.parametrize(
    ("shape", "channels", "wanted"),
    [
        ((9,), "auto", (1,)),
        ((9, 6), "auto", (6,)),
        ((9, 6, 7), "auto", (1, 6, 7)),
        ((9, 3, 6, 7), "auto", (3, 6, 7)),
        ((9, 6, 7, 3), "auto", (3, 6, 7)),
        ((9, 3, 7, 3), "auto", (3, 7, 3)),
        ((9, 3, 7, 3), "last", (3, 3, 7)),
        ((9, 6, 7, 3), "first", (6, 7, 3)),
        ((9, 8, 6, 7), "auto", (8, 6, 7)),
    ],
)
def test_the_shape_that_is_declared_is_the_one_that_is_read(
    folder: Path, shape: tuple[int, ...], channels: Any, wanted: tuple[int, ...]
) -> None:
    x = np.arange(np.prod(shape)).reshape(shape) % 251
    np.savez(folder / "a.npz", x=x.astype(np.uint8), y=np.arange(9) % 2)
    data = NPZArrays(path="a.npz", channels=channels)
    given, _ = data.read()
    assert data.input_shape == given.inputs.shape[1:] == wanted
    assert given.inputs.dtype == np.uint8
    if wanted == (3, 6, 7) and shape[-1] == 3:
        assert np.array_equal(given.inputs[2, 1], x[2, :, :, 1])


@pytest.mark.parametrize(
    ("task", "y", "outputs"),
    [("regression", X[:, 0], 1), ("regression", X[:, :2], 2), ("multilabel", X[:, :4] > 0, 4), ("regression", Y, 1)],
)
def test_numbers_and_labels_are_float32(folder: Path, task: Any, y: Any, outputs: int) -> None:
    np.savez(folder / "a.npz", x=X, y=y)
    data = NPZArrays(path="a.npz", predict=task)
    given, _ = data.read()
    assert (data.task, data.outputs, given.labels.shape, given.labels.dtype) == (
        task,
        outputs,
        (40, outputs),
        np.float32,
    )
    np.testing.assert_array_equal(given.labels, np.asarray(y, np.float32).reshape(40, -1))


def test_a_nan_is_a_missing_value(folder: Path) -> None:
    holes = X.astype(float)
    holes[3, 2] = np.nan
    np.savez(folder / "a.npz", x=holes, y=Y)
    parts = prepare(NPZArrays(path="a.npz"), 0)
    assert np.isfinite(parts.training.inputs).all()
    assert parts.notes == ("1 missing values in feature 3 were replaced by the mean of the training part.",)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this ran",)


def test_python_objects_are_refused_and_never_loaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(folder / "a.npz", x=np.array([Evil()] * 3, dtype=object), y=Y[:3], allow_pickle=True)
    path, message = problem_of()
    assert path == "data.path"
    assert "only numbers" in message
    assert "this ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arrays", "data", "path", "words"),
    [
        ({"a": X, "b": Y}, {}, "data.path", "it has a, b"),
        ({"x": X, "y": Y[:3]}, {}, "data.path", "40 examples"),
        ({"x": X, "y": Y - 1}, {}, "data.path", "go from -1 to 1"),
        ({"x": X, "y": Y * 10**6}, {}, "data.path", "to 2e+06"),
        ({"x": X, "y": X}, {}, "data.predict", "fractions"),
        ({"x": X, "y": np.stack([Y, Y], 1)}, {}, "data.predict", "one whole number"),
        ({"x": X.astype(complex), "y": Y}, {}, "data.path", "only numbers"),
        ({"x": X.astype(str), "y": Y}, {}, "data.path", "only numbers"),
        ({"x": np.zeros((2, 2, 2, 2, 2)), "y": Y[:2]}, {}, "data.path", "expected (examples, features)"),
        ({"x": np.zeros((0, 4)), "y": Y[:0]}, {}, "data.path", "expected (examples, features)"),
        ({"x": X, "y": Y}, {"split": {"validation_from": "test"}}, "data.split.validation_from", "no x_test"),
        ({"x": X, "y": Y, "x_test": X, "y_test": Y[:4]}, {}, "data.path", "y_test has the shape (4,)"),
        ({"x": X, "y": Y, "x_test": X, "y_test": X[:, 0]}, {}, "data.predict", "fractions"),
        ({"x": X, "y": Y}, {"path": ""}, "data.path", "Path is required"),
        ({"x": X, "y": Y}, {"path": "b.npz"}, "data.path", "there is no b.npz"),
        ({"x": X, "y": Y}, {"path": "../a.npz"}, "data.path", "within the folder"),
    ],
)
def test_what_cannot_be_is_a_problem_of_its_field(
    folder: Path, arrays: dict[str, Any], data: dict[str, Any], path: str, words: str
) -> None:
    np.savez(folder / "a.npz", **arrays)
    found, message = problem_of(**data)
    assert found == path
    assert words in message


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 damaged"])
def test_what_is_no_npz_file_is_a_problem_of_its_path(folder: Path, content: bytes) -> None:
    (folder / "a.npz").write_bytes(content)
    assert problem_of()[0] == "data.path"


def test_a_damaged_array_is_a_problem_of_its_path(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.npz", "w") as archive:
        archive.writestr("x.npy", b"no array")
        archive.writestr("y.npy", b"")
    assert problem_of()[0] == "data.path"


def test_a_header_that_promises_too_much_is_refused_before_anything_is_read(folder: Path) -> None:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
    labels = io.BytesIO()
    np.save(labels, Y)
    with zipfile.ZipFile(folder / "a.npz", "w") as archive:
        archive.writestr("x.npy", file.getvalue())
        archive.writestr("y.npy", labels.getvalue())
    path, message = problem_of()
    assert path == "data.path"
    assert "more than" in message


@pytest.mark.parametrize(
    ("arrays", "task", "words"),
    [
        ({"x": X.astype(float) * 1e39, "y": Y}, "classification", "infinite"),
        ({"x": X, "y": np.full(40, np.nan)}, "regression", "missing or infinite"),
        ({"x": X, "y": Y}, "multilabel", "other numbers than 0 and 1"),
        ({"x": X, "y": Y, "x_test": X[:, :4], "y_test": Y}, "classification", "another shape"),
    ],
)
def test_what_only_reading_shows_is_told_then(folder: Path, arrays: dict[str, Any], task: Any, words: str) -> None:
    np.savez(folder / "a.npz", **arrays)
    with pytest.raises(DatasetError, match=words):
        NPZArrays(path="a.npz", predict=task).read()


def test_a_file_that_changes_is_read_again(folder: Path) -> None:
    np.savez(folder / "a.npz", x=X, y=Y)
    assert NPZArrays(path="a.npz").classes == 3
    np.savez(folder / "a.npz", x=X[:, :4], y=Y + 4)
    data = NPZArrays(path="a.npz")
    assert (data.classes, data.input_shape) == (7, (4,))
