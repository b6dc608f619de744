"""What each child of the worker is at, in memory that it shares with the parent, which watches it."""

import mmap
import os
import time
from dataclasses import dataclass

from billiard import current_process

MOST = 64
CELLS = 5  # pid, trial, attempt, began, heard: eight bytes each, so that each is written at once
_table = memoryview(mmap.mmap(-1, 8 * CELLS * MOST))  # made before the fork, so shared
_numbers, _moments = _table.cast("q"), _table.cast("d")


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
    row = own_row()
    if row is None:
        return
    now = time.monotonic()
    leave()  # a row that is half written is nobody's
    _numbers[row + 1], _numbers[row + 2] = trial_id, attempt
    _moments[row + 3], _moments[row + 4] = now - spent_s, now
    _numbers[row] = os.getpid()


def heard() -> None:
    """Its training has just given a sign."""
    row = own_row()
    if row is not None:
        # Not by struct, which writes zeros first: a look in between would see hours of silence.
        _moments[row + 4] = time.monotonic()


def leave() -> None:
    """This process trains no more, though it may still have to write what it logged."""
    row = own_row()
    if row is not None:
        _numbers[row] = 0


def at_work() -> list[Slot]:
    """The children that are at work, those among them that are no more."""
    found = []
    for row in range(0, CELLS * MOST, CELLS):
        slot = Slot(*_numbers[row : row + 3], *_moments[row + 3 : row + 5])
        if slot.pid and slot.pid == _numbers[row]:
            found.append(slot)
    return found


def own_row() -> int | None:
    """Where this process's row begins; None for one that is not a worker's child."""
    index = getattr(current_process(), "index", None)
    return None if index is None or index >= MOST else CELLS * index
