"""What a search says, as a tree; ``str`` of it is a search again."""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.search.tokens import quoted, written


@dataclass(frozen=True)
class Place:
    """Where something stands in the text; trees that mean the same are equal wherever they stand."""

    start: int = 0
    end: int = 0


HERE = Place()


@dataclass(frozen=True)
class Value:
    """What a field is held against. A quoted one is never a number or a date."""

    text: str
    quoted: bool = False
    place: Place = field(default=HERE, compare=False)

    def __str__(self) -> str:
        return quoted(self.text) if self.quoted else self.text


@dataclass(frozen=True)
class Words:
    """Text to look for in titles and descriptions, in tags and among people's names."""

    value: Value

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Comparison:
    """A field, an operator (``=`` ``!=`` ``<`` ``<=`` ``>`` ``>=`` ``~`` ``in``), and one value, or several behind ``in``."""

    name: str
    operator: str
    values: tuple[Value, ...]
    place: Place = field(default=HERE, compare=False)

    def __str__(self) -> str:
        if self.operator == "in":
            return f"{written(self.name)} in ({', '.join(map(str, self.values))})"
        return f"{written(self.name)} {self.operator} {self.values[0]}"


@dataclass(frozen=True)
class Not:
    """What does not match ``inner``."""

    inner: Node

    def __str__(self) -> str:
        return f"not {grouped(self.inner)}"


@dataclass(frozen=True)
class And:
    """What matches all of two or more."""

    items: tuple[Node, ...]

    def __str__(self) -> str:
        return " and ".join(map(grouped, self.items))


@dataclass(frozen=True)
class Or:
    """What matches any of two or more."""

    items: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(map(grouped, self.items))


Node = Words | Comparison | Not | And | Or


def grouped(node: Node) -> str:
    """A node as a part of another."""
    return f"({node})" if isinstance(node, And | Or) else str(node)
