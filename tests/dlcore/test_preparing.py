"""A download is told while it goes on."""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from dlcore.data.fashion_mnist import FashionMNIST
from dlcore.errors import DatasetMissing
from dlcore.events import Text
from dlcore.train import train
from dlcore.validation import parse_spec

SPEC = parse_spec({"data": {"kind": "fashion_mnist", "train_size": 50}, "network": {"kind": "softmax"}, "epochs": 1})
NAMES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return gzip.compress(head + array.tobytes())


@pytest.fixture
def publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small Fashion-MNIST of the real format, offered by a real server; nothing is at hand."""
    folder = tmp_path / "published"
    folder.mkdir()
    generator = np.random.default_rng(0)
    checksums = {}
    for role, name in NAMES.items():
        shape = (100, 28, 28) if "images" in role else (100,)
        content = idx(generator.integers(0, 10, shape).astype(np.uint8))
        (folder / name).write_bytes(content)
        checksums[role] = hashlib.sha256(content).hexdigest()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    monkeypatch.setenv("DESCENT_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(FashionMNIST, "address", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(FashionMNIST, "checksums", checksums)
    yield
    server.shutdown()
    server.server_close()


def test_what_is_fetched_is_told_before_training_begins(publisher: None) -> None:
    said = [event.message for event in train(SPEC) if isinstance(event, Text)]
    downloads = [message for message in said if message.startswith("Downloading the data")]
    assert any("(100%)" in message for message in downloads)
    assert said.index(downloads[-1]) < next(i for i, message in enumerate(said) if "parameters on" in message)


def test_what_is_at_hand_is_not_fetched_again(publisher: None) -> None:
    list(train(SPEC))
    assert not [e for e in train(SPEC) if isinstance(e, Text) and "Downloading" in e.message]


def test_a_damaged_download_is_told_where_the_events_are_read(publisher: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FashionMNIST, "checksums", {**FashionMNIST.checksums, "test_labels": "0" * 64})
    with pytest.raises(DatasetMissing, match="its checksum is wrong"):
        list(train(SPEC))
