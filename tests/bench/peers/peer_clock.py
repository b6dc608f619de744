"""What the peers' scripts share; the standard library only, since it runs in their environment."""

import math
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

SPIKE = 50.0


def losses(steps: int, spike_at: int = -1) -> list[float]:
    """A curve that falls and is noisy, the same each time; one step may stand out."""
    noise = random.Random(0)
    values = [2 * math.exp(-3 * step / steps) + 0.1 * noise.random() for step in range(steps)]
    if spike_at >= 0:
        values[spike_at] = SPIKE
    return values


def folder_size(folder: Path) -> int:
    """Bytes of all files in it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def until_answers(url: str, seconds: float) -> None:
    """Wait until a server answers. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urlopen(url, timeout=5).read()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


@contextmanager
def served(command: list[str], address: str, seconds: float) -> Iterator[float]:
    """Seconds until a server answered that is started by ``command``, and ended afterwards. Raises TimeoutError."""
    start = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_answers(address, seconds)
        yield time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()


def answer_time(url: str, body: bytes | None = None) -> tuple[float, bytes]:
    """(milliseconds until an answer is read whole, the answer)."""
    headers = {"Content-Type": "application/json"} if body else {}
    start = time.perf_counter()
    answer = urlopen(Request(url, body, headers), timeout=300).read()
    return 1000 * (time.perf_counter() - start), answer
