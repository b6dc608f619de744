"""Numbers that are not finite, in JSON, which knows none of them: they stand there by name."""

import math
from typing import Any


def finite_or_name(value: float) -> float | str:
    """A number, or the name of one that is not finite."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def by_name(value: Any) -> Any:
    """The same JSON, with every number that is not finite by its name, however deep it lies."""
    if isinstance(value, float):
        return finite_or_name(value)
    if isinstance(value, dict):
        return {key: by_name(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [by_name(inner) for inner in value]
    return value


def number_of(value: Any) -> float | None:
    """The number that a kept result is; None for the name of one that is not finite, and for no result."""
    return None if isinstance(value, str) else value
