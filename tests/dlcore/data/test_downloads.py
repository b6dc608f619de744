"""Downloads say how far they are, and two trials never fetch the same file at once."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from dlcore.data.folders import Source, download
from dlcore.data.progress import listening
from dlcore.errors import DatasetMissing

CONTENT = bytes(range(256)) * 8192  # 2 MiB
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


class Publisher(BaseHTTPRequestHandler):
    """Sends the file, or only its first half, and counts who asked."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/file" else CONTENT[: len(CONTENT) // 2])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Publisher.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_download_tells_its_bytes_from_none_to_all(tmp_path: Path, address: str) -> None:
    told: list[tuple[int, int | None]] = []
    with listening(lambda done, total: told.append((done, total))):
        download("a set", Source(f"{address}/file", CHECKSUM), tmp_path / "set/file")
    done = [bytes_so_far for bytes_so_far, _ in told]
    assert {total for _, total in told} == {len(CONTENT)}
    assert (done[0], done[-1]) == (0, len(CONTENT))
    assert done == sorted(set(done))
    assert max(after - before for before, after in pairwise(done)) <= 0.1 * len(CONTENT)


def test_a_callback_of_its_own_is_called_instead_of_the_contexts(tmp_path: Path, address: str) -> None:
    ours: list[int] = []
    others: list[int] = []
    with listening(lambda done, _: others.append(done)):
        download(
            "a set", Source(f"{address}/file", CHECKSUM), tmp_path / "file", progress=lambda done, _: ours.append(done)
        )
    assert ours[-1] == len(CONTENT)
    assert not others


def test_who_comes_second_waits_and_finds_the_file(tmp_path: Path, address: str) -> None:
    source, target = Source(f"{address}/file", CHECKSUM), tmp_path / "set/file"
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: download("a set", source, target), range(4)))
    assert Publisher.asked == ["/file"]
    assert {path.read_bytes() == CONTENT for path in found} == {True}


def test_a_download_that_breaks_off_is_not_kept_and_may_be_tried_again(tmp_path: Path, address: str) -> None:
    target = tmp_path / "set/file"
    with pytest.raises(DatasetMissing):
        download("a set", Source(f"{address}/half", CHECKSUM), target)
    assert [path.name for path in target.parent.iterdir()] == [".file.lock"]
    assert download("a set", Source(f"{address}/file", CHECKSUM), target).read_bytes() == CONTENT
