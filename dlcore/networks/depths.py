"""Depths that a person chooses from a few."""

from typing import Any

from pydantic import BeforeValidator


def number_of(value: Any) -> Any:
    """18 for "18": forms send text, and a ``Literal`` of numbers takes only numbers."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


Chosen = BeforeValidator(number_of)
