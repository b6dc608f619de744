"""What becomes of good uploads: kept, looked into, and trained on."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from dlcore.spec import Spec
from dlcore.validation import parse_spec
from tests.webapp.datasets.files import PETS, gz, idx, npz, picture, sent, tarred, zipped
from webapp.datasets import service
from webapp.datasets.service import DatasetProblem
from webapp.models import Dataset, User, db
from webapp.uploads.archives import Upload

GIB = 1024**3
CSV = "age;colour;label\n1;red;yes\n2;;no\n3;blue;yes\n"
PIXELS = (np.arange(4 * 28 * 28) % 251).astype(np.uint8).reshape(4, 28, 28)


@pytest.fixture
def owner(tmp_path: Path) -> Any:
    """Somebody, in a session."""
    engine = create_engine(f"sqlite:///{tmp_path}/db.sqlite3")
    db.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(username="ada", email="ada@example.com"))
        session.commit()
        yield session.scalars(select(User)).one()


def add(owner: User, var: Path, files: list[Upload], name: str = "", most_bytes: int = GIB) -> Dataset:
    session = Session.object_session(owner)
    assert session is not None
    return service.add(session, var, owner, files, name, most_bytes)


def spec_of(dataset: Dataset, var: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Spec:
    """A spec that trains on it, as a worker with this DESCENT_VAR reads it."""
    monkeypatch.setenv("DESCENT_VAR", str(var))
    return parse_spec({"data": {**service.data_of(dataset), **changes}, "network": {"kind": "mlp"}})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pets.zip", zipped(PETS)),
        ("pets.tar", tarred(PETS)),
        ("pets.tar.gz", tarred(PETS, "w:gz")),
        ("named-wrongly.csv", zipped(PETS)),
    ],
)
def test_an_archive_of_pictures_is_read_by_class(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    made = add(owner, tmp_path, sent(**{name: content}))
    assert made.kind == "image_folder"
    assert (made.found["classes"], made.found["examples"]) == ([["cats", 3], ["dogs", 2]], 5)
    assert made.sheet is not None
    assert made.sheet.startswith(b"\x89PNG")
    data = spec_of(made, tmp_path, monkeypatch, height=4, width=6).data
    train, _ = data.read()
    assert (train.inputs.shape, np.bincount(train.labels).tolist()) == ((5, 3, 4, 6), [3, 2])


def test_only_the_pictures_of_an_archive_are_kept(owner: User, tmp_path: Path) -> None:
    beside = {"pets/readme.txt": b"hello", "__MACOSX/pets/cats/._0.png": b"junk", "pets/cats/.hidden.png": b"junk"}
    made = add(owner, tmp_path, sent(pets__zip=zipped({**beside, **PETS})))
    with zipfile.ZipFile(tmp_path / "data" / service.path_of(made)) as kept:
        assert sorted(kept.namelist()) == sorted(PETS)


def test_a_table_tells_its_columns_and_first_rows(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = add(owner, tmp_path, sent(people__csv=CSV.encode("utf-8-sig")), "People")
    age, colour, label = made.found["columns"]
    assert (age["name"], age["is_number"], colour["missing"], label["different"]) == ("age", True, 1, 2)
    assert made.found["rows"][0] == ["1", "red", "yes"]
    assert (made.kind, made.name, made.found["predict"]) == ("csv", "People", "classification")
    assert spec_of(made, tmp_path, monkeypatch).data.class_names == ("no", "yes")


def test_arrays_tell_their_shapes_and_classes(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = npz(x=PIXELS, y=np.array([0, 1, 1, 2]), x_test=PIXELS[:1], y_test=np.array([0]))
    made = add(owner, tmp_path, sent(mine__npz=content))
    assert made.found["classes"] == [["0", 1], ["1", 2], ["2", 1]]
    assert (made.found["shape"], made.found["test_examples"]) == ([28, 28], 1)
    assert made.sheet is not None
    assert spec_of(made, tmp_path, monkeypatch).data.input_shape == (1, 28, 28)


def test_fractions_are_to_be_predicted_as_numbers(owner: User, tmp_path: Path) -> None:
    made = add(owner, tmp_path, sent(r__npz=npz(x=np.ones((3, 2)), y=np.array([0.5, 1.5, 2.5]))))
    assert (made.found["predict"], made.found["rows"][0], made.sheet) == ("regression", ["1", "1"], None)


@pytest.mark.parametrize("times", [0, 1])
def test_idx_files_become_arrays_bit_for_bit(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    files = {
        "train-images-idx3-ubyte": idx(PIXELS),
        "train-labels-idx1-ubyte": idx([0, 1, 2, 1]),
        "t10k-images-idx3-ubyte": idx(PIXELS[:2]),
        "t10k-labels-idx1-ubyte": idx([2, 0]),
    }
    made = add(owner, tmp_path, sent(**{name: gz(content, times) for name, content in files.items()}))
    assert (made.kind, made.name) == ("npz", "train-images")
    train, test = spec_of(made, tmp_path, monkeypatch).data.read()
    assert np.array_equal(train.inputs[:, 0], PIXELS)
    assert train.labels.tolist() == [0, 1, 2, 1]
    assert test is not None
    assert test.labels.tolist() == [2, 0]


def test_the_same_pictures_are_the_same_file_whatever_they_came_in(owner: User, tmp_path: Path) -> None:
    add(owner, tmp_path, sent(pets__zip=zipped(PETS)), "Pets")
    with pytest.raises(DatasetProblem, match="called “Pets”"):
        add(owner, tmp_path, sent(pets__tar=tarred(PETS)), "Again")


def test_a_file_stays_while_somebody_else_has_the_same(owner: User, tmp_path: Path) -> None:
    session = Session.object_session(owner)
    assert session is not None
    other = User(username="grace", email="grace@example.com")
    session.add(other)
    session.commit()
    mine, hers = (add(one, tmp_path, sent(pets__zip=zipped(PETS))) for one in (owner, other))
    kept = tmp_path / "data" / service.path_of(mine)
    service.delete(session, tmp_path, mine)
    assert kept.is_file()
    service.delete(session, tmp_path, hers)
    assert list(kept.parent.iterdir()) == []


def test_what_was_decoded_goes_with_the_data_set(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session.object_session(owner)
    assert session is not None
    made = add(owner, tmp_path, sent(pets__zip=zipped(PETS)))
    spec_of(made, tmp_path, monkeypatch).data.read()
    assert len(list((tmp_path / "cache").iterdir())) == 1
    service.delete(session, tmp_path, made)
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_one_person_keeps_is_bounded(owner: User, tmp_path: Path) -> None:
    with pytest.raises(DatasetProblem, match="You may keep"):
        add(owner, tmp_path, sent(pets__zip=zipped(PETS)), most_bytes=100)
    assert list((tmp_path / "data" / "uploads").iterdir()) == []


def test_a_name_is_taken_once(owner: User, tmp_path: Path) -> None:
    add(owner, tmp_path, sent(a__csv=CSV.encode()), "Mine")
    with pytest.raises(DatasetProblem, match="already") as refused:
        add(owner, tmp_path, sent(a__csv=CSV.encode() + b"4;red;no\n"), " Mine ")
    assert refused.value.field == "name"


def test_a_wide_picture_is_shown_small(owner: User, tmp_path: Path) -> None:
    from PIL import Image

    files = {"a/1.png": picture(1, (900, 10)), "b/1.png": picture(2, (10, 900))}
    made = add(owner, tmp_path, sent(wide__zip=zipped(files)))
    assert made.sheet is not None
    with Image.open(io.BytesIO(made.sheet)) as sheet:
        assert sheet.size == (192, 96)
