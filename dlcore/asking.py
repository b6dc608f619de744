"""How those who read a run's events ask something of it."""

from collections.abc import Callable

Asked = Callable[[], bool]
"""Asked often, so it must answer at once."""


class Interrupted(Exception):
    """Something was asked for while the loop was measuring; what was measured so far is worth nothing."""


def never() -> bool:
    """Nobody asks."""
    return False
