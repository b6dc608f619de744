"""The table of what children are at, written by them while the parent reads it."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from worker import slots

LOOKS = 100_000


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], None]], int]]:
    """Forks a child that has a place in the table, and does the same again and again; its process id."""
    monkeypatch.setattr(slots, "own_row", lambda: 0)
    born: list[int] = []

    def fork(act: Callable[[], None]) -> int:
        pid = os.fork()
        if not pid:
            while True:
                act()
        born.append(pid)
        return pid

    yield fork
    for pid in born:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    slots.leave()


def test_a_sign_is_never_half_written(child: Callable[[Callable[[], None]], int]) -> None:
    began = time.monotonic()
    slots.enter(7, 1)
    child(slots.heard)
    heard = [slot.heard for _ in range(LOOKS) for slot in slots.at_work()]
    assert len(heard) == LOOKS
    assert min(heard) >= began


def test_a_row_is_seen_whole_or_not_at_all(child: Callable[[Callable[[], None]], int]) -> None:
    began = time.monotonic()

    def come_and_go() -> None:
        slots.enter(7, 1, spent_s=100.0)
        slots.leave()

    pid = child(come_and_go)
    rows = [slot for _ in range(LOOKS) for slot in slots.at_work()]
    assert rows
    assert {(row.pid, row.trial_id, row.attempt) for row in rows} == {(pid, 7, 1)}
    assert min(row.heard for row in rows) >= began
    assert min(row.began for row in rows) >= began - 100.0
