import threading

import numpy as np
import pytest

from dlcore.events import Checkpoint, Picture
from tests.waiting import wait_until
from webapp.store.storage import StorageAway
from worker import sender
from worker.sender import Sender


def picture(step: int) -> Picture:
    return Picture("filters", "w", step, 0.0, np.zeros((2, 2), np.uint8))


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, 0, {"model/w": np.zeros(2)}, {})


class Shelf:
    """Keeps what it is given, unless it is away."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, int]] = []
        self.tried = 0
        self.is_away = False

    def keep(self, made) -> None:
        self.tried += 1
        if self.is_away:
            raise StorageAway("The shelf is away.")
        self.kept.append((type(made).__name__, made.step))


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(sender, "RESTS_S", 0.01)
    return Shelf()


def started(keep) -> Sender:
    made = Sender(keep, "sender")
    made.start()
    return made


def test_everything_is_kept_in_order_before_it_closes(shelf):
    made = started(shelf.keep)
    for step in range(20):
        made.put(picture(step))
    made.put(checkpoint(20))
    made.close(lambda: None)
    assert shelf.kept == [*(("Picture", step) for step in range(20)), ("Checkpoint", 20)]


def test_while_the_storage_is_away_the_newest_checkpoint_waits_and_the_lease_is_held(shelf):
    made, held = started(shelf.keep), threading.Event()
    shelf.is_away = True
    for step in range(5):
        made.put(picture(step))
        made.put(checkpoint(step))
    wait_until(lambda: shelf.tried > 2, "some tries")

    def meanwhile() -> None:
        held.set()
        shelf.is_away = False

    made.close(meanwhile)
    assert held.is_set()
    assert shelf.kept == [*(("Picture", step) for step in range(5)), ("Checkpoint", 4)]


def test_no_more_waits_than_memory_has_room_for(shelf, monkeypatch):
    monkeypatch.setattr(sender, "MOST_WAITING", 4)
    made = started(shelf.keep)
    shelf.is_away = True
    made.put(checkpoint(0))
    wait_until(lambda: shelf.tried, "the first try")
    for step in range(1, 10):
        made.put(picture(step))
    made.put(checkpoint(10))
    shelf.is_away = False
    made.close(lambda: None)
    assert shelf.kept == [("Checkpoint", 0), ("Picture", 8), ("Picture", 9), ("Checkpoint", 10)]


def test_a_storage_that_stays_away_is_given_up_in_the_end(shelf):
    made = started(shelf.keep)
    shelf.is_away = True
    made.put(picture(1))
    with pytest.raises(StorageAway, match="The shelf is away"):
        made.close(lambda: None, patience_s=0.05)


def test_what_else_goes_wrong_is_raised_where_it_closes():
    def torn(_made) -> None:
        raise OSError("No space left on device")

    made = started(torn)
    made.put(picture(1))
    with pytest.raises(OSError, match="No space left"):
        made.close(lambda: None)
