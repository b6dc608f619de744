"""How running trials are told to come to rest."""

import mmap

_asked = mmap.mmap(
    -1, 1
)  # one byte, made before the fork, so shared; no lock, which a killed child could keep for ever


def ask_to_hand_back() -> None:
    """Checkpoint and give back what runs, in this process and its children."""
    _asked[0] = 1


def must_hand_back() -> bool:
    """Whether that was asked."""
    return bool(_asked[0])


def take_again() -> None:
    """A worker that was drained, and did not end, takes trials again."""
    _asked[0] = 0
