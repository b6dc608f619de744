"""How many cases are tried: some in the suite, all by ``make fuzz``."""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

LONG = os.environ.get("FUZZ") == "long"
SEED = 20261121
V = TypeVar("V")


def some(values: Sequence[V], few: int, many: int, name: str) -> list[V]:
    """As many values in the long form, else a few, that ``name`` chooses: always the same."""
    count = min(len(values), many if LONG else few)
    return random.Random(f"{SEED} {name}").sample(list(values), count)


def cases(few: int, many: int) -> settings:
    """Hypothesis with a fixed seed."""
    return settings(
        max_examples=many if LONG else few,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
