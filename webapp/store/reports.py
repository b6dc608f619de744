"""What each worker says of itself, every few seconds and in Redis: who it is, what its processes are at, and the room on its disk."""

import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson
import redis

KEY = "descent:reports"
FORGOTTEN_S = 24 * 3600
LATE_S = 15.0


@dataclass(frozen=True, slots=True)
class Work:
    """A process of a worker, and the trial that it trains."""

    pid: int
    trial_id: int
    attempt: int
    since_s: float
    rss_bytes: int


@dataclass(frozen=True, slots=True)
class Report:
    """A worker, as it was ``at`` a moment in Unix seconds."""

    worker: str
    at: float
    processes: int
    queues: list[str]
    spool_bytes: int
    disk_free_bytes: int
    disk_bytes: int
    memory_bytes: int
    """What a trial may take."""
    work: list[Work] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether it should have said something since."""
        return self.silent_s > LATE_S

    @property
    def silent_s(self) -> float:
        """Seconds since it spoke."""
        return max(0.0, time.time() - self.at)

    @property
    def host(self) -> str:
        """The machine that it runs on."""
        return self.worker.partition(":")[0]


def send(client: redis.Redis, report: Report) -> None:
    """Leave it for those who ask."""
    client.hset(KEY, report.worker, orjson.dumps(asdict(report)))


def forget(client: redis.Redis, worker: str) -> None:
    """It ended as it should."""
    client.hdel(KEY, worker)


def received(client: redis.Redis) -> list[Report]:
    """The reports of the last day, the latest word first; what is older is forgotten."""
    found = []
    for name, raw in cast("dict[bytes, bytes]", client.hgetall(KEY)).items():
        report = from_json(orjson.loads(raw))
        if report.silent_s > FORGOTTEN_S:
            client.hdel(KEY, name)
        else:
            found.append(report)
    return sorted(found, key=lambda report: (report.is_late, report.worker))


def from_json(facts: dict[str, Any]) -> Report:
    """A report as it was sent; what a newer program says besides is left out."""
    known = {name: value for name, value in facts.items() if name in Report.__slots__}
    return Report(**known | {"work": [Work(**work) for work in facts["work"]]})


def disk_room(folder: Path) -> tuple[int, int]:
    """(free, all) bytes of the disk that a folder is on."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
