"""Reading the publishers' files: what is right is read, what is damaged or dangerous is refused with a sentence."""

import gzip
import io
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.data.cifar10 import CIFAR10
from dlcore.data.digits import Digits
from dlcore.data.folders import Source, locate
from dlcore.data.idx import read_idx
from dlcore.data.mnist import MNIST
from dlcore.errors import DatasetMissing, DatasetUnreadable
from tests.conftest import needs_data


def idx(path: Path, body: bytes, *sizes: int, kind: int = 8) -> Path:
    path.write_bytes(gzip.compress(bytes([0, 0, kind, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + body))
    return path


def test_idx_files_are_read(tmp_path: Path) -> None:
    assert read_idx(idx(tmp_path / "a.gz", bytes(range(6)), 2, 3), 2).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("body", "sizes", "kind", "words"),
    [
        (b"12345", (2, 3), 8, "promises 2 × 3"),
        (b"1234567", (2, 3), 8, "promises 2 × 3"),
        (b"123456", (6,), 8, "1 dimensions, expected 2"),
        (b"123456", (2, 3), 13, "0xd"),
        (b"", (2**31, 2**31), 8, "promises"),
    ],
)
def test_a_damaged_idx_file_says_what_is_wrong(
    tmp_path: Path, body: bytes, sizes: tuple[int, ...], kind: int, words: str
) -> None:
    with pytest.raises(DatasetUnreadable, match=words):
        read_idx(idx(tmp_path / "a.gz", body, *sizes, kind=kind), 2)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bnot gzip", b"plain text, no idx"])
def test_what_is_no_idx_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.gz").write_bytes(content)
    with pytest.raises(DatasetUnreadable):
        read_idx(tmp_path / "a.gz", 3)


def test_labels_that_do_not_fit_the_pictures_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mnist").mkdir()
    for part in ("train", "t10k"):
        idx(tmp_path / f"mnist/{part}-images-idx3-ubyte.gz", bytes(2 * 784), 2, 28, 28)
        idx(tmp_path / f"mnist/{part}-labels-idx1-ubyte.gz", bytes(1), 1)
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    with pytest.raises(DatasetUnreadable, match="expected 2 labels, found 1"):
        MNIST().read()


def test_real_mnist_is_read() -> None:
    needs_data("mnist")
    train, test = MNIST().read()
    assert train.inputs.shape == (60_000, 1, 28, 28)
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert test is not None
    assert len(test.labels) == 10_000


def test_a_decoded_set_is_found_again_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_data("mnist")
    monkeypatch.setenv("DESCENT_VAR", str(tmp_path))
    first, _ = MNIST().read()
    assert list(tmp_path.glob("cache/*/complete"))
    again, _ = MNIST().read()
    assert isinstance(again.inputs.base, np.memmap)
    assert np.array_equal(first.inputs, again.inputs)


def test_digits_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    ours, _ = Digits().read()
    theirs = load_digits()
    assert np.array_equal(ours.inputs.reshape(-1, 64), theirs.data)
    assert np.array_equal(ours.labels, theirs.target)


def cifar(folder: Path, batch: Any) -> None:
    (folder / "cifar10").mkdir()
    with tarfile.open(folder / "cifar10/cifar-10-python.tar.gz", "w:gz") as archive:
        for name in ("data_batch_1", "test_batch"):
            content = batch if isinstance(batch, bytes) else pickle.dumps(batch, protocol=2)
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_cifars_rows_are_red_then_green_then_blue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = np.repeat(np.array([10, 20, 30], np.uint8), 1024)
    cifar(tmp_path, {b"data": np.stack([row, row]), b"labels": [3, 5]})
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    train, _ = CIFAR10().read()
    assert [set(channel.ravel().tolist()) for channel in train.inputs[0]] == [{10}, {20}, {30}]
    assert train.labels.tolist() == [3, 5]


def test_the_real_cifar_subset_is_read() -> None:
    needs_data("cifar10_lossless")
    train, test = CIFAR10().read()
    assert train.inputs.shape == (3200, 3, 32, 32)
    assert train.inputs[0].reshape(-1)[:3].tolist() == [59, 43, 50]
    assert test is not None
    assert len(test.labels) == 800


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this ran",)


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ({b"data": Evil(), b"labels": []}, "not allowed"),
        ([1, 2], "no dict"),
        (b"no pickle", "cannot be read"),
        ({b"data": np.zeros((2, 5), np.uint8), b"labels": [1, 2]}, "3,072"),
        ({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1]}, "expected 2 labels, found 1"),
        ({b"data": np.zeros((1, 3072), np.uint8), b"labels": [11]}, "outside 0 to 9"),
        ({b"data": np.zeros((1, 3072)), b"labels": [1]}, "bytes"),
    ],
)
def test_a_bad_or_dangerous_pickle_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], batch: Any, words: str
) -> None:
    cifar(tmp_path, batch)
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    with pytest.raises(DatasetUnreadable, match=words):
        CIFAR10().read()
    assert "this ran" not in capsys.readouterr().out


def test_a_missing_set_says_where_to_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    with pytest.raises(DatasetMissing, match="DESCENT_DATA"):
        locate("MNIST", ("mnist/x.gz",))


def test_a_download_with_a_wrong_checksum_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published").write_bytes(b"damaged")
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    monkeypatch.setenv("DESCENT_VAR", str(tmp_path / "var"))
    with pytest.raises(DatasetMissing, match="checksum"):
        locate("a set", ("set/file",), Source((tmp_path / "published").as_uri(), "0" * 64))
    assert not list((tmp_path / "var").rglob("file*"))


def test_a_download_with_the_right_checksum_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published").write_bytes(b"hello")
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    monkeypatch.setenv("DESCENT_VAR", str(tmp_path / "var"))
    checksum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    found = locate("a set", ("set/file",), Source((tmp_path / "published").as_uri(), checksum))
    assert found.read_bytes() == b"hello"
