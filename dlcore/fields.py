"""Kinds of numbers that parts declare, each with its range, its scale and one line of help.

A part's field says everything the form, the API, the search space and the docs need to know about it:

    lr: float = learning_rate(1e-2)
    momentum: float = fraction(0.9, help="Share of the last step that is kept.")
"""

from typing import Any

from pydantic import Field

Scale = str  # "linear" or "log": how a form's slider and a search step through the range


def number(
    default: float | None,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    scale: Scale = "linear",
    title: str | None = None,
    help: str = "",
) -> Any:
    """A real number in a range; ``low``/``high`` are allowed values, ``above``/``below`` are not."""
    return Field(
        default=... if default is None else default,
        ge=low,
        le=high,
        gt=above,
        lt=below,
        title=title,
        description=help,
        json_schema_extra={"scale": scale},
    )


def learning_rate(default: float, *, help: str = "Length of a step along the gradient.") -> Any:
    """A learning rate, searched on a log scale."""
    return number(default, low=1e-8, high=10.0, scale="log", title="Learning rate", help=help)


def small(default: float, *, help: str, title: str | None = None) -> Any:
    """A tiny positive number that keeps a division finite."""
    return number(default, low=1e-16, high=1e-1, scale="log", title=title, help=help)


def strength(default: float, *, help: str = "How strongly large weights are punished.") -> Any:
    """A regularisation strength, zero switches it off."""
    return number(default, low=0.0, high=1e3, scale="log", title="Strength", help=help)


def weight_decay(default: float) -> Any:
    """The strength of an optimizer's own decoupled weight decay, zero switches it off."""
    return number(
        default,
        low=0.0,
        high=10.0,
        scale="log",
        title="Weight decay λ",
        help="A step shrinks weights by lr · λ of their size.",
    )


def fraction(default: float, *, help: str, title: str | None = None, high: float = 1.0) -> Any:
    """A share from 0 up to ``high``, which is not reached."""
    return number(default, low=0.0, below=high, title=title, help=help)


def count(
    default: int | None,
    *,
    low: int = 1,
    high: int,
    help: str,
    title: str | None = None,
    scale: Scale = "linear",
) -> Any:
    """A whole number from ``low`` to ``high``."""
    return Field(
        default=... if default is None else default,
        ge=low,
        le=high,
        title=title,
        description=help,
        json_schema_extra={"scale": scale},
    )


def choice(default: Any, *, help: str, title: str | None = None) -> Any:
    """One of the values that the field's ``Literal`` lists, or a yes or no."""
    return Field(default=default, title=title, description=help)


def text(default: str, *, help: str, title: str | None = None, longest: int = 200) -> Any:
    """A name or a path."""
    return Field(default=default, max_length=longest, title=title, description=help)


def optional_count(*, low: int = 1, high: int, help: str, title: str | None = None) -> Any:
    """A whole number that may be left empty."""
    return Field(default=None, ge=low, le=high, title=title, description=help)


def optional_number(*, low: float | None = None, high: float | None = None, help: str, title: str | None = None) -> Any:
    """A real number that may be left empty."""
    return Field(default=None, ge=low, le=high, title=title, description=help)
