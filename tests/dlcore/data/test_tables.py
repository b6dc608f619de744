"""Tables of text: numbers, words, what is missing; and sentences for tables that cannot be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.data.california_housing import CaliforniaHousing
from dlcore.data.csv_table import CSVTable
from dlcore.data.prepare import prepare
from dlcore.data.split import Split
from dlcore.data.wine_quality import WineQuality
from dlcore.errors import DatasetError, SpecError
from dlcore.preprocess.standardise import Standardise
from dlcore.validation import SpecInvalid, parse_spec
from tests.conftest import needs_data

TABLE = """age,colour,rooms,kind
30,red,2,a
40,green,,b
50,red,4,a
60,,5,b
"""


@pytest.fixture(autouse=True)
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a test that brings its own files."""
    if "real" not in request.node.name:
        monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
        monkeypatch.delenv("DESCENT_VAR", raising=False)
    (tmp_path / "table.csv").write_text(TABLE)
    return tmp_path


def problem_of(**data: Any) -> tuple[str, str]:
    """The one problem of a spec with this CSV file."""
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({"data": {"kind": "csv", "path": "table.csv", **data}, "network": {"kind": "softmax"}})
    (problem,) = raised.value.problems
    return problem.path, problem.message


def test_numbers_stay_and_words_become_one_hot() -> None:
    data = CSVTable(path="table.csv")
    given, test = data.read()
    assert test is None
    assert data.feature_names == ("age", "colour = green", "colour = red", "rooms")
    assert given.inputs.tolist()[::2] == [[30, 0, 1, 2], [50, 0, 1, 4]]
    assert given.labels.tolist() == [0, 1, 0, 1]
    assert (data.input_shape, data.outputs, data.class_names, data.size) == ((4,), 2, ("a", "b"), 4)


def test_three_of_five_classes_is_0_0_0_1_0(folder: Path) -> None:
    (folder / "five.csv").write_text("word,y\n" + "".join(f"w{k},{k}\n" for k in range(5)))
    given, _ = CSVTable(path="five.csv").read()
    assert given.inputs[3].tolist() == [0, 0, 0, 1, 0]
    assert given.labels[3] == 3


def test_a_missing_word_is_all_zeros_and_a_missing_number_the_training_mean(folder: Path) -> None:
    given, _ = CSVTable(path="table.csv").read()
    assert given.inputs[3, 1:3].tolist() == [0, 0]
    assert np.isnan(given.inputs[1, 3])
    lines = ["x,y"] + [f"{'' if k % 10 == 0 else k},{k % 2}" for k in range(100)]
    (folder / "holes.csv").write_text("\n".join(lines))
    parts = prepare(CSVTable(path="holes.csv", preprocess=(), split=Split(validation=0.3)), seed=0)
    known = [x for x in parts.training.inputs.ravel().tolist() if x == int(x)]
    filled = {x for _, part in parts.named() for x in part.inputs.ravel().tolist() if x != int(x)}
    assert list(filled) == [pytest.approx(np.mean(known), rel=1e-6)]
    assert parts.notes == ("10 missing values in x were replaced by the mean of the training part.",)


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a;b\n1;2\n", "semicolon"), ("a\tb\n1\t2\n", "tab"), ("a|b\n1|2\n", "bar"), ("a,b\n1,2", "comma")],
)
def test_the_separator_is_guessed_from_the_first_line_or_declared(folder: Path, text: str, separator: Any) -> None:
    (folder / "t.csv").write_text(text)
    for chosen in ("auto", separator):
        assert CSVTable(path="t.csv", separator=chosen, predict="regression").read()[0].labels.tolist() == [[2.0]]


def test_quoted_cells_and_a_byte_order_mark_are_understood(folder: Path) -> None:
    (folder / "t.csv").write_bytes(b'\xef\xbb\xbf"a,b",c\n"1",x\n"2",y\n')
    assert CSVTable(path="t.csv").feature_names == ("a,b",)


def test_several_columns_are_predicted_together(folder: Path) -> None:
    (folder / "t.csv").write_text("x,p,q\n1,0,1\n2,1,1\n3,0,0\n")
    for task in ("regression", "multilabel"):
        data = CSVTable(path="t.csv", predict=task, targets="q, p")
        labels = data.read()[0].labels
        assert (data.task, data.outputs, data.target_names) == (task, 2, ("q", "p"))
        assert labels.dtype == np.float32
        assert labels.tolist() == [[1, 0], [1, 1], [0, 0]]


def test_classes_that_are_numbers_are_in_the_order_of_numbers(folder: Path) -> None:
    (folder / "t.csv").write_text("x,y\n1,10\n2,9.0\n3,9\n4,100\n")
    data = CSVTable(path="t.csv")
    assert data.class_names == ("9", "10", "100")
    assert data.read()[0].labels.tolist() == [1, 0, 0, 2]


def test_columns_may_be_left_out() -> None:
    assert CSVTable(path="table.csv", ignore="colour, age").feature_names == ("rooms",)


def test_a_file_that_changes_is_read_again(folder: Path) -> None:
    data = CSVTable(path="table.csv")
    assert data.size == 4
    (folder / "table.csv").write_text(TABLE + "70,red,1,c\n")
    assert (data.size, data.classes) == (5, 3)


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        ({"path": ""}, "data.path", "Path is required"),
        ({"path": "nowhere.csv"}, "data.path", "there is no nowhere.csv"),
        ({"path": "/etc/passwd"}, "data.path", "within the folder"),
        ({"path": "../secret.csv"}, "data.path", "within the folder"),
        ({"path": "a/../../b.csv"}, "data.path", "within the folder"),
        ({"path": "a\\b.csv"}, "data.path", "within the folder"),
        ({"path": "a\0b"}, "data.path", "within the folder"),
        ({"path": "."}, "data.path", "within the folder"),
        ({"path": "x" * 190}, "data.path", "there is no"),
        ({"path": "x" * 300}, "data.path", "200"),
        ({"targets": "kinds"}, "data.targets", "no column 'kinds'"),
        ({"targets": "age, kind"}, "data.targets", "one target column"),
        ({"targets": "rooms"}, "data.path", "1 rows have no 'rooms'"),
        ({"ignore": "size"}, "data.ignore", "no column 'size'"),
        ({"ignore": "age,colour,rooms"}, "data.ignore", "left as input"),
        ({"separator": "colon"}, "data.separator", "semicolon"),
    ],
)
def test_a_mistake_in_the_declaration_is_named(data: dict[str, Any], path: str, words: str) -> None:
    found, message = problem_of(**data)
    assert found == path
    assert words in message


@pytest.mark.parametrize(
    ("task", "targets", "words"),
    [("regression", "kind", "holds words"), ("multilabel", "age", "other numbers than 0 and 1")],
)
def test_targets_that_do_not_suit_the_task_are_named(task: Any, targets: str, words: str) -> None:
    with pytest.raises(SpecError, match=words) as raised:
        _ = CSVTable(path="table.csv", predict=task, targets=targets).outputs
    assert raised.value.path == "data.targets"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "names"),
        (b"a,b\n", "no line below"),
        (b"a,b\n1,2,3\n", "line 2 has 3 cells"),
        (b"a,,c\n1,2,3\n", "column 2 has no name"),
        (b"a,a\n1,2\n", "two columns are called"),
        (b"a,b\n\xff\xfe,2\n", "UTF-8"),
        (b'a,b\n"1,2\n', "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "table.csv cannot be read"),
    ],
)
def test_a_damaged_table_is_a_problem_of_its_path(folder: Path, content: bytes, words: str) -> None:
    (folder / "table.csv").write_bytes(content)
    path, message = problem_of()
    assert path == "data.path"
    assert words in message


def test_one_value_is_no_class_to_tell_from_another(folder: Path) -> None:
    (folder / "table.csv").write_text("x,y\n1,a\n2,a\n")
    assert problem_of()[0] == "data.targets"


def test_a_column_without_any_value_is_left_out(folder: Path) -> None:
    (folder / "table.csv").write_text("x,empty,y\n1,,a\n2,NA,b\n")
    assert CSVTable(path="table.csv").feature_names == ("x",)


def test_words_without_end_are_no_categories(folder: Path) -> None:
    (folder / "table.csv").write_text("name,y\n" + "".join(f"n{k},{k % 2}\n" for k in range(101)))
    assert problem_of()[0] == "data.ignore"
    assert CSVTable(path="table.csv", targets="name", predict="classification").classes == 101


def test_too_many_values_are_no_classes(folder: Path) -> None:
    (folder / "table.csv").write_text("x,y\n" + "".join(f"1,{k}.5\n" for k in range(1001)))
    path, message = problem_of()
    assert path == "data.targets"
    assert "regression" in message


def test_a_number_too_large_for_float32_is_refused(folder: Path) -> None:
    (folder / "table.csv").write_text("x,y\n1e39,0\n2,1\n")
    with pytest.raises(DatasetError, match="too large"):
        CSVTable(path="table.csv").read()


def test_links_are_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_text(TABLE)
    (folder / "link.csv").symlink_to(outside / "secret.csv")
    (folder / "behind").symlink_to(outside)
    for path in ("link.csv", "behind/secret.csv"):
        found, message = problem_of(path=path)
        assert found == "data.path"
        assert "links are not followed" in message


def test_the_folder_itself_is_no_table(folder: Path) -> None:
    (folder / "sub").mkdir()
    assert problem_of(path="sub") == (
        "data.path",
        "The dataset file sub cannot be read: it is a folder; Path must name a file.",
    )


def test_what_read_meets_is_told_as_well() -> None:
    with pytest.raises(SpecError, match="Path is required"):
        CSVTable().read()


def test_real_housing_has_its_rows_its_gaps_and_its_places() -> None:
    needs_data("california_housing")
    data = CaliforniaHousing(preprocess=())
    given, _ = data.read()
    assert given.inputs.shape == (20_640, 13)
    assert np.isnan(given.inputs).sum(0).tolist() == [0, 0, 0, 0, 207, *[0] * 8]
    assert given.inputs[:, 8:].sum(0).tolist() == [9136, 6551, 5, 2290, 2658]
    assert given.labels[:2].tolist() == [[452600.0], [358500.0]]
    assert given.labels.max() == 500_001
    assert (data.task, data.outputs, data.input_shape, data.target_names) == (
        "regression",
        1,
        (13,),
        ("median_house_value",),
    )
    parts = prepare(data, seed=0)
    assert [len(part.labels) for _, part in parts.named()] == [16_512, 2_064, 2_064]
    assert np.isfinite(parts.training.inputs).all()
    assert "207 missing values in total_bedrooms" in parts.notes[0]


def test_real_housing_as_a_table_of_ones_own_is_the_same() -> None:
    needs_data("california_housing")
    data = CSVTable(path="california_housing/housing.csv", targets="median_house_value", predict="regression")
    ours, theirs = data.read()[0], CaliforniaHousing().read()[0]
    assert np.array_equal(ours.inputs, theirs.inputs, equal_nan=True)
    assert np.array_equal(ours.labels, theirs.labels)
    assert data.feature_names == CaliforniaHousing().feature_names


@pytest.mark.parametrize(
    ("colour", "distinct", "rows", "features"),
    [("red", False, 1599, 11), ("white", False, 4898, 11), ("both", False, 6497, 12), ("red", True, 1359, 11)],
)
def test_real_wines_are_read(colour: Any, distinct: bool, rows: int, features: int) -> None:
    needs_data("wine_quality")
    data = WineQuality(colour=colour, distinct=distinct)
    given, _ = data.read()
    assert given.inputs.shape == (rows, features)
    assert given.labels.shape == (rows, 1)
    assert (data.size, data.input_shape, data.task) == (rows, (features,), "regression")


def test_real_wines_of_both_colours_are_told_apart_by_their_last_number() -> None:
    needs_data("wine_quality")
    given, _ = WineQuality(colour="both", distinct=False).read()
    assert given.inputs[:, -1].sum() == 4898
    assert given.inputs[0, :3].tolist() == pytest.approx([7.4, 0.7, 0.0])


def test_no_real_wine_is_in_two_parts() -> None:
    needs_data("wine_quality")
    parts = prepare(WineQuality(colour="white", preprocess=()), seed=0)
    rows = [{(*x, *y) for x, y in zip(p.inputs.tolist(), p.labels.tolist(), strict=True)} for _, p in parts.named()]
    assert not rows[0] & rows[1] | rows[0] & rows[2] | rows[1] & rows[2]


def test_real_marks_may_be_classes() -> None:
    needs_data("wine_quality")
    data = WineQuality(colour="white", target="classification", distinct=False)
    given, _ = data.read()
    assert (data.task, data.class_names) == ("classification", ("3", "4", "5", "6", "7", "8", "9"))
    assert np.bincount(given.labels).tolist() == [20, 163, 1457, 2198, 880, 175, 5]


def test_real_wines_are_standardised_by_their_training_part() -> None:
    needs_data("wine_quality")
    parts = prepare(WineQuality(preprocess=(Standardise(),)), seed=0)
    np.testing.assert_allclose(parts.training.inputs.mean(0, dtype=float), 0, atol=1e-5)
    np.testing.assert_allclose(parts.training.inputs.std(0, dtype=float), 1, atol=1e-5)


def test_a_real_set_that_is_not_there_says_where_to_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    with pytest.raises(DatasetError, match=r"wine_quality/winequality-red\.csv"):
        WineQuality().read()
