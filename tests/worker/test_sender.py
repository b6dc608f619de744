import threading

import numpy as np
import pytest

from dlcore.events import Checkpoint, Picture
from tests.waiting import wait_until
from webapp.store.artifacts import Kept
from webapp.store.storage import StorageAway
from worker import sender
from worker.sender import Sender
from worker.spool import Entry


def picture(step: int) -> Entry:
    return Entry(0.0, Picture("filters", "w", step, 0.0, np.zeros((2, 2), np.uint8)))


def checkpoint(step: int) -> Entry:
    return Entry(0.0, Checkpoint(step, 0, {"model/w": np.zeros(2)}, {}))


class Shelf:
    """Keeps what it is given, unless it is away."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.tried = 0
        self.is_away = False
        self.open = threading.Event()
        self.open.set()

    def keep(self, made: Entry) -> list[Entry]:
        self.tried += 1
        self.open.wait(10)
        if self.is_away:
            raise StorageAway("The shelf is away.")
        kind, step = type(made.event).__name__, made.event.step
        self.keys.append(f"{kind}-{step}")
        return [Entry(made.at, Kept(kind, "x", step, 0.0, f"{kind}-{step}", "x/y", "", 0, {}))]


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(sender, "RESTS_S", 0.01)
    return Shelf()


def started(shelf) -> Sender:
    made = Sender(shelf.keep, shelf.keys.remove, "sender")
    made.start()
    return made


def kept(made: Sender) -> list[str]:
    """The keys of all that it keeps, in order."""
    found = []
    while made.has_more:
        made.wait(1)
        found += [entry.event.key for entry in made.take()]
    return found


def test_everything_is_kept_in_order(shelf):
    made = started(shelf)
    for step in range(20):
        made.put(picture(step))
    made.put(checkpoint(20))
    assert kept(made) == shelf.keys == [*(f"Picture-{step}" for step in range(20)), "Checkpoint-20"]


def test_what_is_not_wanted_any_more_is_discarded_after_what_waits(shelf):
    made = started(shelf)
    made.put(picture(1))
    made.discard("Picture-1")
    assert (kept(made), shelf.keys) == (["Picture-1"], [])


def test_while_the_storage_is_away_the_newest_checkpoint_waits_behind_the_pictures(shelf):
    made = started(shelf)
    shelf.is_away = True
    for step in range(5):
        made.put(picture(step))
        made.put(checkpoint(step))
    wait_until(lambda: shelf.tried > 2, "some tries")
    assert (str(made.away), made.has_more) == ("The shelf is away.", True)
    shelf.is_away = False
    assert kept(made) == [*(f"Picture-{step}" for step in range(5)), "Checkpoint-4"]
    assert made.away is None


def test_no_more_waits_than_memory_has_room_for(shelf, monkeypatch):
    monkeypatch.setattr(sender, "MOST_WAITING", 4)
    made = started(shelf)
    shelf.is_away = True
    made.put(checkpoint(0))
    wait_until(lambda: shelf.tried, "the first try")
    for step in range(1, 10):
        made.put(picture(step))
    made.put(checkpoint(10))
    shelf.is_away = False
    assert kept(made) == ["Checkpoint-0", "Picture-8", "Picture-9", "Checkpoint-10"]


def test_once_it_is_stopped_nothing_is_kept_that_nobody_has_taken(shelf):
    made = started(shelf)
    made.put(picture(1))
    made.wait(1)
    shelf.open.clear()
    made.put(picture(2))
    made.put(picture(3))
    wait_until(lambda: shelf.tried == 2, "the second to be at it")
    made.stop()
    shelf.open.set()
    wait_until(lambda: not shelf.keys and not made._thread.is_alive(), "it to have discarded both")
    assert (made.has_more, shelf.tried) == (False, 2)


def test_what_else_goes_wrong_is_raised_where_it_is_taken():
    def torn(_made) -> list[Entry]:
        raise OSError("No space left on device")

    made = Sender(torn, lambda _key: None, "sender")
    made.start()
    made.put(picture(1))
    made.wait(1)
    with pytest.raises(OSError, match="No space left"):
        made.take()
