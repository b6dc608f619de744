"""How running trials are told to come to rest."""

import multiprocessing
from multiprocessing.synchronize import Event

_hand_back: Event = multiprocessing.get_context("fork").Event()  # made before the fork, so shared with the children


def ask_to_hand_back() -> None:
    """Checkpoint and give back what runs, in this process and its children."""
    _hand_back.set()


def must_hand_back() -> bool:
    """Whether that was asked."""
    return _hand_back.is_set()
