"""What each child of the worker is at, in memory that it shares with the parent, which watches it."""

import mmap
import os
import struct
import time
from dataclasses import dataclass

from billiard import current_process

ROW = struct.Struct("=qqqdd")
HEARD_AT = struct.calcsize("=qqqd")
MOST = 64
_table = mmap.mmap(-1, ROW.size * MOST)  # made before the fork, so shared


@dataclass(frozen=True, slots=True)
class Slot:
    """A child at work: since when it trains its trial (as if all attempts had been one), and when it last gave a sign.

    Both by the monotonic clock, which all processes of a machine share.
    """

    pid: int
    trial_id: int
    attempt: int
    began: float
    heard: float


def enter(trial_id: int, attempt: int, spent_s: float = 0.0) -> None:
    """This process begins with a trial that has trained for ``spent_s`` before."""
    now = time.monotonic()
    write(ROW.pack(os.getpid(), trial_id, attempt, now - spent_s, now))


def heard() -> None:
    """Its training has just given a sign."""
    place = own_place()
    if place is not None:
        struct.pack_into("=d", _table, place + HEARD_AT, time.monotonic())


def leave() -> None:
    """This process trains no more, though it may still have to write what it logged."""
    write(bytes(ROW.size))


def at_work() -> list[Slot]:
    """The children that are at work, those among them that are no more."""
    rows = (Slot(*ROW.unpack_from(_table, place)) for place in range(0, len(_table), ROW.size))
    return [slot for slot in rows if slot.pid]


def write(row: bytes) -> None:
    """Into this process's own place."""
    place = own_place()
    if place is not None:
        _table[place : place + ROW.size] = row


def own_place() -> int | None:
    """Where this process's row begins; None for one that is not a worker's child."""
    index = getattr(current_process(), "index", None)
    return None if index is None or index >= MOST else ROW.size * index
