"""Many people who watch: event streams in one process, each message looked at."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.load.publishers import KEYS


@dataclass
class Viewer:
    """One event stream: what came, and whether it was whole."""

    trials: list[int]
    steps: int
    messages: int = 0
    size_bytes: int = 0
    resyncs: int = 0
    latencies_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    last: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether the last step of every curve has come."""
        return all(self.last.get((trial, key)) == self.steps for trial in self.trials for key in KEYS)

    def take(self, message: bytes, now: float) -> None:
        """A message without its empty line."""
        fields = dict(line.split(b": ", 1) for line in message.split(b"\n") if line[:1] not in (b":", b""))
        self.resyncs += fields.get(b"event") == b"resync"
        if fields.get(b"event") != b"points":
            return
        self.messages += 1
        payload = orjson.loads(fields[b"data"])
        for key, (steps, _, times) in payload["curves"].items():
            self.check(payload["trial"], key, steps)
            if key == KEYS[0]:
                self.latencies_s += [now - at for at in times]

    def check(self, trial: int, key: str, steps: list[int]) -> None:
        """Each step once and in order."""
        behind = self.last.get((trial, key), 0)
        if steps != list(range(behind + 1, behind + 1 + len(steps))):
            self.faults.append(f"trial {trial}, {key}: {steps} after {behind}")
        self.last[trial, key] = steps[-1]


class Connection(asyncio.Protocol):
    """A viewer's connection."""

    def __init__(self, viewer: Viewer, port: int, token: str) -> None:
        self.viewer = viewer
        trials = ",".join(map(str, viewer.trials))
        self.request = (
            f"GET /live/events?trials={trials} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        self.opened = asyncio.Event()
        self.pending = b""

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self.request.encode())

    def data_received(self, data: bytes) -> None:
        """Chunks of HTTP: their sizes stand between line ends, and no message has one of these."""
        now = time.time()
        self.opened.set()
        self.viewer.size_bytes += len(data)
        *whole, self.pending = (self.pending + data).split(b"\r\n")
        for piece in whole:
            for message in piece.split(b"\n\n"):
                if message.startswith(b"event:"):
                    self.viewer.take(message, now)

    def connection_lost(self, _error: Exception | None) -> None:
        """A stream is not to end by itself."""
        if not self.viewer.complete:
            self.viewer.faults.append("the stream ended")


async def open_all(viewers: list[Viewer], port: int, token: str) -> list[Connection]:
    """Their connections, each once it has answered."""
    loop = asyncio.get_running_loop()
    made = []
    for viewer in viewers:
        _, connection = await loop.create_connection(lambda: Connection(viewer, port, token), "127.0.0.1", port)  # noqa: B023
        made.append(connection)
        await asyncio.wait_for(connection.opened.wait(), 20)
    return made


async def until_complete(viewers: list[Viewer], timeout_s: float) -> None:
    """Until everybody has everything, or the time is over."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until and not all(viewer.complete for viewer in viewers):
        await asyncio.sleep(0.1)


def watch(pipe: Any, viewers: list[Viewer], port: int, token: str, timeout_s: float) -> None:
    """A process that watches: says when all streams are open, and at the end gives what came."""

    async def all_of_it() -> None:
        connections = await open_all(viewers, port, token)
        pipe.send("open")
        await until_complete(viewers, timeout_s)
        for connection in connections:
            connection.transport.abort()

    asyncio.run(all_of_it())
    pipe.send(viewers)
