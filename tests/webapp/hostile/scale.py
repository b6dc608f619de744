"""How many cases are tried: some in the suite, all by ``make fuzz``."""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

LONG = os.environ.get("FUZZ") == "long"
SEED = 20261121
V = TypeVar("V")


def some(values: Sequence[V], few: int, name: str) -> list[V]:
    """All values in the long form, else a few that ``name`` chooses, always the same."""
    chance = random.Random(f"{SEED} {name}")
    return list(values) if LONG or few >= len(values) else chance.sample(list(values), few)


def cases(few: int, many: int) -> settings:
    """Hypothesis with a fixed seed."""
    return settings(
        max_examples=many if LONG else few,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
