"""Events on disk while the database is away: append-only, in their order, each record with its checksum.

A record is its length, its CRC-32 and its body: the length of a JSON head, the head, and the bytes of the arrays that it names.
"""

import contextlib
import errno
import fcntl
import json
import logging
import os
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

import numpy as np

from dlcore.events import Event, Histogram, Progress, Results, Scalars, Text
from webapp.store.artifacts import WITH_WEIGHTS, Kept
from worker import checkpoints

log = logging.getLogger(__name__)
FRAME = struct.Struct("<II")
HEAD = struct.Struct("<I")
NAME = re.compile(r"trial-(\d+)-(\d+)\.spool")
KINDS = {kind.__name__: kind for kind in (Scalars, Histogram, Text, Progress, Results, Kept)}
BATCH_BYTES = 4 * 1024 * 1024


class SpoolFull(Exception):
    """The spool has reached its limit, or the disk has: what is new must wait."""


class Entry(NamedTuple):
    """An event and when it came, in Unix seconds."""

    at: float
    event: Event | Kept


class Spool:
    """The spool of one attempt. Who has it open holds its lock, which the system gives back even to those who were killed."""

    def __init__(self, path: Path, most_bytes: int = 0) -> None:
        """Open or make it. Raises BlockingIOError when another process has it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.most_bytes = most_bytes
        self._file = path.open("a+b", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(self._file.fileno()).st_nlink:
                raise BlockingIOError(errno.EAGAIN, "another process has just taken it away")
        except OSError:
            self._file.close()
            raise

    @classmethod
    def of(cls, var: Path, trial_id: int, attempt: int, most_bytes: int) -> Self:
        """That of an attempt."""
        return cls(folder(var) / f"trial-{trial_id}-{attempt}.spool", most_bytes)

    def append(self, entries: Sequence[Entry]) -> None:
        """Add entries, all or none, and flush them to the disk. Raises SpoolFull."""
        weights = self._weights
        records = b"".join(framed(encode(entry)) for entry in entries)
        if usage(self.path.parent.parent) + len(records) > self.most_bytes:
            raise SpoolFull(f"the spool has reached its limit of {self.most_bytes:,} bytes")
        end = os.fstat(self._file.fileno()).st_size
        try:
            left = memoryview(records)
            while left:
                left = left[self._file.write(left) :]
            os.fdatasync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), end)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise SpoolFull("there is no room left on the disk") from error
            raise
        weights.extend(weights_among(entries))

    @cached_property
    def _weights(self) -> list[Kept]:
        """The checkpoints and best weights that are told of in it, oldest first."""
        with self.path.open("rb") as file:
            return weights_among(decode(body) for body in bodies(file))

    def superseded(self) -> set[str]:
        """The keys of weights that later ones in it make superfluous; nobody reads of them again, so their bytes may go."""
        return checkpoints.superseded(self._weights)

    def batches(self) -> Iterator[list[Entry]]:
        """What it holds, in order, some at a time, without weights that are superseded; ends before a record that was torn or damaged."""
        superseded = self.superseded()
        with self.path.open("rb") as file:
            batch: list[Entry] = []
            size = 0
            for body in bodies(file):
                entry = decode(body)
                if isinstance(entry.event, Kept) and entry.event.key in superseded:
                    continue
                batch.append(entry)
                size += len(body)
                if size > BATCH_BYTES:
                    yield batch
                    batch, size = [], 0
            if batch:
                yield batch
            left = os.fstat(file.fileno()).st_size - file.tell()
        if left:
            log.warning("%s: a record was torn or damaged; %s bytes from it on are left out", self.path.name, left)

    def close(self) -> None:
        """Let go of it; it stays on the disk."""
        self._file.close()

    def forget(self) -> None:
        """It is in the database, or refused: take it away."""
        self.path.unlink(missing_ok=True)
        self.close()

    def put_aside(self) -> Path:
        """It cannot be written: keep it under a name that nobody looks for, for people to look into."""
        return self.path.rename(self.path.with_name(f"{self.path.name}.bad"))


def folder(var: Path) -> Path:
    """Where the spools of an instance lie."""
    return var / "spool"


def usage(var: Path) -> int:
    """The bytes of all spools of an instance on this machine."""
    sizes = 0
    for path in folder(var).glob("*.spool"):
        with contextlib.suppress(FileNotFoundError):  # its writer has caught up meanwhile
            sizes += path.stat().st_size
    return sizes


def left_behind(var: Path) -> Iterator[tuple[int, int, Spool]]:
    """(trial, attempt, spool) of those whose writer is no more, the oldest attempt first."""
    found = [(NAME.fullmatch(path.name), path) for path in folder(var).glob("*.spool")]
    for trial_id, attempt, path in sorted((int(name[1]), int(name[2]), path) for name, path in found if name):
        try:
            spool = Spool(path)
        except BlockingIOError:
            continue
        except OSError as error:  # the others must not wait for it
            log.warning("%s cannot be opened: %s", path, error)
            continue
        yield trial_id, attempt, spool


def framed(body: bytes) -> bytes:
    """A body as a record."""
    return FRAME.pack(len(body), zlib.crc32(body)) + body


def bodies(file: BinaryIO) -> Iterator[bytes]:
    """Those of a spool's records, up to one that is not whole."""
    while (body := next_body(file.read(FRAME.size), file.read)) is not None:
        yield body


def next_body(frame: bytes, read: Any) -> bytes | None:
    """The body behind a frame; None at the end, and where either is not whole."""
    if len(frame) < FRAME.size:
        return None
    length, checksum = FRAME.unpack(frame)
    body: bytes = read(length)
    return body if len(body) == length and zlib.crc32(body) == checksum else None


def weights_among(entries: Iterable[Entry]) -> list[Kept]:
    """What of these is checkpoints and best weights."""
    kept = [entry.event for entry in entries if isinstance(entry.event, Kept)]
    return [one for one in kept if one.kind in WITH_WEIGHTS]


def encode(entry: Entry) -> bytes:
    """An entry as bytes; arrays as they are, the rest as JSON, which here knows NaN."""
    values = {field.name: getattr(entry.event, field.name) for field in fields(entry.event)}
    arrays = {name: np.ascontiguousarray(value) for name, value in values.items() if isinstance(value, np.ndarray)}
    head = {
        "at": entry.at,
        "kind": type(entry.event).__name__,
        "values": {name: value for name, value in values.items() if name not in arrays},
        "arrays": {name: [array.dtype.str, array.shape] for name, array in arrays.items()},
    }
    told = json.dumps(head, default=dict).encode()
    return b"".join([HEAD.pack(len(told)), told, *(array.tobytes() for array in arrays.values())])


def decode(body: bytes) -> Entry:
    """The entry in ``encode``'s bytes."""
    start = HEAD.size + HEAD.unpack_from(body)[0]
    head = json.loads(body[HEAD.size : start])
    values = head["values"]
    for name, (dtype, shape) in head["arrays"].items():
        count = int(np.prod(shape))
        values[name] = np.frombuffer(body, dtype, count, start).reshape(shape)
        start += values[name].nbytes
    return Entry(head["at"], KINDS[head["kind"]](**values))
