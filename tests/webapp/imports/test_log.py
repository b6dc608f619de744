"""What is read of a log: scalars of every form, runs, restarts; and what is refused, with the limit."""

import contextlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.webapp.imports.logs import (
    NAME,
    log,
    long_record,
    loss,
    many_listed,
    pax_bomb,
    scalar,
    tar_of,
    tensor,
    upload,
    zip_of,
)
from webapp.imports import budget
from webapp.imports.budget import LogBudget, UploadProblem
from webapp.imports.log import Run, later_wins, read_log
from webapp.store.encoding import CurveData
from webapp.uploads.budget import Limits


def read(content: bytes, name: str = "log.zip", limits: Limits = budget.LOG) -> list[Run]:
    return read_log([upload(content, name)], LogBudget(len(content), limits))


def only_curve(content: bytes) -> list[tuple[int, float]]:
    """(step, value) of the only curve of the only run of an event file."""
    (run,) = read(content, NAME)
    (data,) = run.curves.values()
    return list(zip(data.steps.tolist(), data.values.tolist(), strict=True))


def refusal(content: bytes, name: str = "log.zip", limits: Limits = budget.LOG) -> str:
    with pytest.raises(UploadProblem) as refused:
        read(content, name, limits)
    return refused.value.message


HALF, UPPER_HALF = int(np.float16(0.1).view(np.uint16)), int(np.float32(0.1).view(np.uint32)) >> 16
FORMS: list[tuple[dict[str, Any], float]] = [
    ({"dtype": 1, "float_val": [0.1]}, float(np.float32(0.1))),
    ({"dtype": 1, "tensor_content": np.float32(0.1).tobytes()}, float(np.float32(0.1))),
    ({"dtype": 1, "float_val": [0.1], "double_val": [0.1]}, 0.1),
    ({"dtype": 2, "double_val": [0.1]}, 0.1),
    ({"dtype": 2, "tensor_content": np.float64(0.1).tobytes()}, 0.1),
    ({"dtype": 19, "half_val": [HALF]}, float(np.float16(0.1))),
    ({"dtype": 19, "tensor_content": np.float16(0.1).tobytes()}, float(np.float16(0.1))),
    ({"dtype": 14, "half_val": [UPPER_HALF]}, 0.099609375),
    ({"dtype": 9, "int64_val": [7]}, 7.0),
    ({"dtype": 3, "int_val": [-7]}, -7.0),
]


@pytest.mark.parametrize(("fields", "value"), FORMS)
def test_a_scalar_may_be_a_tensor_of_any_type(fields: dict[str, Any], value: float) -> None:
    assert only_curve(log(tensor("loss", 5, **fields))) == [(5, value)]


def test_what_tensorboardx_writes_is_read(tmp_path: Path) -> None:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(300):
            writer.add_scalar("loss", 1 / (step + 1), step, walltime=1_700_000_000 + step)
        writer.add_histogram("weights", np.arange(10), 3)
        writer.add_text("notes", "It *works*.")
    (file,) = tmp_path.glob("events*")
    (run,) = read(file.read_bytes(), file.name)
    data = run.curves["loss"]
    assert data.steps.tolist() == list(range(300))
    assert data.values.tolist() == [float(np.float32(1 / (step + 1))) for step in range(300)]
    assert data.times.tolist() == [1_700_000_000 + step for step in range(300)]
    assert run.texts["notes/text_summary"] == "It *works*."
    assert run.left_out == {"histograms": 1}


def test_hyper_parameters_are_read(tmp_path: Path) -> None:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_hparams({"lr": 0.1, "kind": "adam", "nesterov": True}, {"hparam/loss": 1.0}, name="session")
    (file,) = tmp_path.glob("session/events*")
    (run,) = read(file.read_bytes(), file.name)
    assert run.hparams == {"lr": 0.1, "kind": "adam", "nesterov": True}


def test_what_was_written_later_wins_where_steps_go_back() -> None:
    assert only_curve(loss((1, 1.0), (2, 2.0), (3, 3.0), (2, 20.0), (4, 4.0))) == [(1, 1.0), (2, 20.0), (4, 4.0)]
    assert only_curve(loss((1, 1.0), (1, 2.0), (1, 3.0))) == [(1, 3.0)]


@given(st.lists(st.integers(-5, 30), min_size=1, max_size=60))
def test_a_point_replaces_what_was_written_before_it_at_its_step_or_later(steps: list[int]) -> None:
    kept: list[tuple[int, float]] = []
    for order, step in enumerate(steps):
        kept = [*(point for point in kept if point[0] < step), (step, float(order))]
    data = later_wins(CurveData(np.array(steps), np.arange(len(steps)) * 1.0, np.zeros(len(steps))))
    assert list(zip(data.steps.tolist(), data.values.tolist(), strict=True)) == kept


def test_files_of_a_folder_are_one_run_in_the_order_of_their_names() -> None:
    older, newer = loss((1, 1.0), (2, 2.0), (3, 3.0)), loss((2, 20.0), (3, 30.0))
    files = {"run/events.out.tfevents.200.h": newer, "run/events.out.tfevents.100.h": older}
    for content in (zip_of(files), tar_of(files)):
        (run,) = read(content)
        assert (run.name, run.curves["loss"].values.tolist()) == ("run", [1, 20, 30])


@pytest.mark.parametrize("pack", [zip_of, tar_of, lambda files: tar_of(files, "w")])
def test_every_folder_is_a_run(pack: Any) -> None:
    files = {f"logs/{run}/{NAME}": loss((1, number)) for number, run in enumerate(("a/train", "a/eval", "b"))}
    runs = read(pack({**files, "logs/readme.txt": b"x" * 700, f"logs/{NAME}": loss((1, 9.0))}))
    assert {run.name: run.curves["loss"].values.tolist() for run in runs} == {
        "a/train": [0],
        "a/eval": [1],
        "b": [2],
        ".": [9],
    }


def test_a_tar_with_files_of_every_length_is_read_to_its_end() -> None:
    files = {f"run{n}/{NAME}": log(*(scalar("x" * n, step, 1.0) for step in range(40))) for n in range(1, 60)}
    assert len(read(tar_of(files))) == 59


def test_a_log_that_is_being_written_ends_where_it_is_torn() -> None:
    assert only_curve(loss((1, 1.0), (2, 2.0))[:-3]) == [(1, 1.0)]


def test_damage_is_named() -> None:
    content = bytearray(loss((1, 1.0), (2, 2.0)))
    content[-6] ^= 1
    assert "damaged: the record at byte" in refusal(bytes(content), NAME)


def test_names_that_have_no_place_are_left_out_and_counted() -> None:
    (run,) = read(log(scalar("loss", 1, 1.0), scalar("a,b", 1, 1.0), scalar("y" * 201, 1, 1.0)), NAME)
    assert (list(run.curves), list(run.left_out.values())) == (["loss"], [2])


def linked_tar() -> bytes:
    link = tarfile.TarInfo(f"run/{NAME}")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return tar_of({}, others=[link])


def linked_zip() -> bytes:
    info = zipfile.ZipInfo(f"run/{NAME}")
    info.external_attr = 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


REFUSED: list[tuple[Any, str]] = [
    (lambda: zip_of({f"../{NAME}": loss((1, 1.0))}), "leads out of its archive"),
    (lambda: zip_of({f"/etc/{NAME}": loss((1, 1.0))}), "leads out of its archive"),
    (lambda: tar_of({f"a/../../{NAME}": loss((1, 1.0))}), "leads out of its archive"),
    (linked_tar, "is a link"),
    (linked_zip, "is a link"),
    (lambda: zip_of({NAME: long_record(60_000_000)}), "more than 200 times its size"),
    (lambda: tar_of({"other": b"\0" * 60_000_000, NAME: loss((1, 1.0))}), "more than 200 times its size"),
    (lambda: pax_bomb(10**9), "more than 1 MiB"),
    (lambda: many_listed(zip_of({NAME: b""})), "at most 10,000 files"),
    (lambda: zip_of({f"{n}": b"" for n in range(10_001)}), "at most 10,000 files"),
    (lambda: tar_of({f"{n}": b"" for n in range(10_001)}), "at most 10,000 files"),
    (lambda: zip_of({f"{n}/{NAME}": loss((1, 1.0)) for n in range(101)}), "at most 100 runs"),
    (lambda: zip_of({NAME: loss((1, 1.0))})[:-30], "cannot be read"),
    (lambda: tar_of({NAME: loss((1, 1.0)) * 50})[:-40], "cannot be read"),
    (lambda: zip_of({"readme.txt": b"hello"}), "tfevents"),
    (lambda: zip_of({NAME: log()}), "no scalars"),
    (lambda: zip_of({NAME: loss((2**60, 1.0))}), "2^53"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_with_a_sentence(content: Any, sentence: str) -> None:
    assert sentence in refusal(content())


def test_a_file_that_is_no_event_file_is_refused() -> None:
    assert "damaged" in refusal(b"hello, this is text" * 10, NAME)


WHOLE = {f"runs/{run}/{NAME}": loss(*((n, 1.0) for n in range(20))) for run in "ab"} | {"readme": b"x" * 900}
ARCHIVES = [zip_of(WHOLE), tar_of(WHOLE), tar_of(WHOLE, "w")]


@given(
    st.sampled_from(ARCHIVES), st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=3)), min_size=1, max_size=4)
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_archive_is_read_or_refused_and_nothing_else(whole: bytes, damage: list[tuple[float, bytes]]) -> None:
    content = bytearray(whole)
    for place, replacement in damage:
        at = int(place * len(content))
        content[at : at + 2] = replacement
    with contextlib.suppress(UploadProblem):
        read(bytes(content))


def test_limits_are_counted_over_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "POINTS", 5)
    assert "at most 5 points" in refusal(zip_of({f"{n}/{NAME}": loss((1, 1.0), (2, 1.0)) for n in range(3)}))
    monkeypatch.setattr(budget, "POINTS", 100)
    monkeypatch.setattr(budget, "TAGS", 3)
    assert "at most 3 tags" in refusal(zip_of({NAME: log(*(scalar(f"t{n}", 1, 1.0) for n in range(4)))}))
    narrow = replace(budget.LOG, unpacked_bytes=1000)
    assert "too large" in refusal(zip_of({"other/" + NAME: loss(*((n, 1.0) for n in range(50)))}), limits=narrow)


def test_every_limit_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "exports.md").read_text()
    sizes = [f"| {size // budget.MIB:,} MiB" for size in (budget.UPLOAD_BYTES, budget.UNPACKED_BYTES)]
    counts = [f"| {count:,} |" for count in (budget.FILES, budget.RUNS, budget.TAGS, budget.POINTS)]
    for limit in [*sizes, *counts, f"and {budget.RATIO} times", f"more than {budget.NAME_LONGEST} characters"]:
        assert limit in page, limit
