"""What each route of the API declares of itself, once: its document, the check of scopes and the cost in limits follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from webapp.ids import LARGEST
from webapp.models.scope import Scope

ROW: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": LARGEST}
"""The schema of a row's number."""
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the query, with its JSON schema."""

    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "pattern": "^[^\\u0000]*$"})
    required: bool = False


def whole_number(description: str, low: int, high: int, default: int | None = None) -> Parameter:
    """A whole number of the query, as ``read_count`` reads it."""
    schema: dict[str, Any] = {"type": "integer", "minimum": low, "maximum": high}
    return Parameter(description, schema if default is None else {**schema, "default": default})


def number(description: str) -> Parameter:
    """A number of the query, as ``read_number`` reads it."""
    return Parameter(description, {"type": "number", "minimum": -9e15, "maximum": 9e15})


def one_of(description: str, *words: str) -> Parameter:
    """A word of the query, of these."""
    return Parameter(description, {"type": "string", "enum": list(words)})


def ids(description: str, low: int, high: int) -> Parameter:
    """Ids of the query that must be there, with commas between."""
    one = "([0-9]{1,9}|1[0-9]{9})"  # no further than a database's whole numbers reach
    pattern = f"^{one}(,{one}){{{low - 1},{high - 1}}}$"
    return Parameter(description, {"type": "string", "pattern": pattern}, required=True)


@dataclass(frozen=True)
class Description:
    """What a route declares of itself.

    ``answer``: the model of what it answers, or a ``Listing``; ``example``: one of it, where its model says too little.
    ``scope``: what a token needs, to read or to write otherwise.
    ``cost``: how many plain requests it counts for. ``secrets``: fields of the answer that are told once and kept nowhere.
    """

    summary: str
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    query: Mapping[str, str | Parameter] = field(default_factory=dict)
    status: int = 200
    errors: tuple[int, ...] = ()
    answers: tuple[str, ...] = ("application/json",)
    answer: Any = None
    example: Any = None
    scope: Scope | None = None
    cost: int = 1
    secrets: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, Parameter]:
        """What it reads from the query, by name; a list has its limit and cursor besides."""
        given = {name: Parameter(one) if isinstance(one, str) else one for name, one in self.query.items()}
        return {**given, **getattr(self.answer, "parameters", {})}

    def scope_for(self, method: str) -> Scope:
        """What a token needs for this route."""
        return self.scope or (Scope.READ if method in ("GET", "HEAD", "OPTIONS") else Scope.WRITE)


_described: dict[str, Description] = {}


def documented(summary: str, **rest: Any) -> Callable[[View], View]:
    """Declare what a route does; see ``Description`` for what may be said."""

    def remember(view: View) -> View:
        _described[view.__name__] = Description(summary, **rest)
        return view

    return remember


def described(endpoint: str) -> Description | None:
    """What a route of the API declares of itself."""
    return _described.get(endpoint.removeprefix("api.")) if endpoint.startswith("api.") else None
