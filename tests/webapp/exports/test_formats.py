"""Each format holds every point bit for bit; read by others' readers."""

import csv
import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import yaml
from PIL import Image
from pyarrow import parquet
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Scalars
from tests.making import make_trial, running_trial, same_bits
from tests.webapp.exports.full_trial import CURVES, contents, curve
from webapp.exports.csv_text import csv_pieces
from webapp.exports.event_file import event_pieces
from webapp.exports.json_text import json_pieces
from webapp.exports.outgoing import zipped
from webapp.exports.parquet import parquet_pieces
from webapp.models import Trial
from webapp.store import curves

Sessions = sessionmaker[Session]
Columns = dict[str, tuple[list[int], list[float], list[float]]]


def export(sessions: Sessions, trial_id: int, var: Path, pieces: Any) -> bytes:
    with sessions() as session:
        return b"".join(pieces(session, contents(session, trial_id, var)))


def by_key(rows: Any) -> Columns:
    """(key, step, value, time) as columns of each key."""
    found: Columns = {}
    for key, *numbers in rows:
        for column, number in zip(found.setdefault(key, ([], [], [])), numbers, strict=True):
            column.append(number)
    return found


def assert_is_what_was_logged(found: Columns) -> None:
    assert set(found) == set(CURVES)
    for key, (steps, values, times) in found.items():
        assert steps == CURVES[key].steps.tolist()
        assert same_bits(values, CURVES[key].values)
        assert same_bits(times, CURVES[key].times)


def test_csv(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    text = export(sessions, trial_id, tmp_path, csv_pieces).decode()
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["key", "step", "value", "time"]
    assert_is_what_was_logged(by_key((key, int(step), float(value), float(time)) for key, step, value, time in rows))


def test_parquet(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    table = parquet.read_table(io.BytesIO(export(sessions, trial_id, tmp_path, parquet_pieces)))
    assert_is_what_was_logged(by_key(zip(*(column.to_pylist() for column in table.columns), strict=True)))
    assert orjson.loads(table.schema.metadata[b"spec"])["network"]["kind"] == "softmax"
    assert orjson.loads(table.schema.metadata[b"trial"])["trial"] == trial_id


def test_json(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    told = orjson.loads(export(sessions, trial_id, tmp_path, json_pieces))
    rows = [(key, step, float(value), time) for key, points in told["curves"].items() for step, value, time in points]
    assert_is_what_was_logged(by_key(rows))
    assert told["curves"]["train/loss"][1][1] == "NaN"
    assert (told["format"], told["columns"]) == ("descent-trial-1", ["step", "value", "time"])
    assert told["spec"]["network"]["kind"] == "softmax"
    assert told["trial"]["results"] == {}


def events(content: bytes) -> list[Any]:
    """The events of a file, by tensorboardX's messages and its checksum."""
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c

    found, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        head, (start, stop) = content[at : at + 8], (at + 12, at + 12 + length)
        assert struct.unpack_from("<I", content, at + 8)[0] == masked_crc32c(head)
        assert struct.unpack_from("<I", content, stop)[0] == masked_crc32c(content[start:stop])
        found.append(Event.FromString(content[start:stop]))
        at = stop + 4
    return found


def test_tensorboard_scalars(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    first, *rest = events(export(sessions, trial_id, tmp_path, event_pieces))
    assert first.file_version == "brain.Event:2"
    rows = []
    for event in rest:
        (value,) = event.summary.value
        if value.metadata.plugin_data.plugin_name == "scalars":
            (short,) = value.tensor.float_val  # what TensorBoard shows
            (wide,) = value.tensor.double_val or value.tensor.float_val  # all its bits
            with np.errstate(over="ignore"):
                assert same_bits(short, np.float32(wide))
            rows.append((value.tag, event.step, wide, event.wall_time))
    assert_is_what_was_logged(by_key(rows))


def test_tensorboard_histograms_pictures_and_texts(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    found = {}
    for event in events(export(sessions, trial_id, tmp_path, event_pieces)):
        found.update({value.tag: (event, value) for value in event.summary.value})
    event, bins = found["weights/fc1.weight"]
    rows = np.frombuffer(bins.tensor.tensor_content).reshape([dim.size for dim in bins.tensor.tensor_shape.dim])
    assert rows.tolist() == [[-1, 0, 1], [0, 1, 5], [1, 2, 0]]
    assert (event.step, event.wall_time) == (3, 1_700_000_000)
    _, picture = found["filters/conv1"]
    assert Image.open(io.BytesIO(picture.image.encoded_image_string)).size == (6, 4)
    assert (picture.image.width, picture.image.height, picture.image.colorspace) == (6, 4, 1)
    _, text = found["spec"]
    written = text.tensor.string_val[0].decode().removeprefix("```yaml\n").removesuffix("```")
    assert yaml.safe_load(written)["network"] == {"kind": "softmax"}


@pytest.mark.parametrize("pieces", [csv_pieces, json_pieces, parquet_pieces, event_pieces])
def test_a_trial_without_points_is_an_empty_file_of_its_kind(sessions: Sessions, tmp_path: Path, pieces: Any) -> None:
    content = export(sessions, make_trial(sessions), tmp_path, pieces)
    if pieces is csv_pieces:
        assert content == b"key,step,value,time\n"
    elif pieces is json_pieces:
        assert orjson.loads(content)["curves"] == {}
    elif pieces is parquet_pieces:
        assert parquet.read_table(io.BytesIO(content)).num_rows == 0
    else:
        assert [value.tag for event in events(content) for value in event.summary.value] == ["spec"]


def test_what_is_logged_while_it_is_sent_stays_out(sessions: Sessions, trial_id: int, tmp_path: Path) -> None:
    more = curve(12_000)
    with sessions() as session, sessions() as writer:
        assert session.get_one(Trial, trial_id).state == "running"
        pieces = csv_pieces(session, contents(session, trial_id, tmp_path))
        text = next(pieces) + next(pieces)
        for key in CURVES:
            curves.append(writer, trial_id, 1, [Scalars(key, more.steps, more.values, more.times)])
            curves.merge(writer, trial_id, 1)
            writer.commit()
        _, *rows = csv.reader(io.StringIO((text + b"".join(pieces)).decode()))
    assert_is_what_was_logged(by_key((key, int(step), float(value), float(time)) for key, step, value, time in rows))


def test_a_zip_is_sent_piece_by_piece() -> None:
    pieces = list(zipped([("a/one.csv", [b"x" * 100_000, b"y" * 100_000]), ("a/two.csv", iter([b"z"]))]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    assert archive.read("a/one.csv") == b"x" * 100_000 + b"y" * 100_000
    assert archive.read("a/two.csv") == b"z"


@pytest.mark.parametrize("pieces", [csv_pieces, json_pieces, event_pieces])
def test_memory_does_not_grow_with_the_number_of_points(sessions: Sessions, tmp_path: Path, pieces: Any) -> None:
    long, trial_id = curve(200_000), running_trial(sessions)
    with sessions() as session:
        curves.append(session, trial_id, 1, [Scalars("loss", long.steps, long.values, long.times)])
        session.commit()
    with sessions() as session:
        made = pieces(session, contents(session, trial_id, tmp_path))
        tracemalloc.start()
        try:
            size = sum(len(piece) for piece in made)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert size > 8_000_000
    assert peak < 4_000_000
