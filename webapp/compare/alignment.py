"""Lists of parts laid along one another: a layer that only some have moves none of those behind it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MISSING: Any = object()
"""What a spec has at a path that it does not have."""

EQUAL, SAME_KIND, BESIDE = 3000, 2000, 1
"""What it is worth that two parts stand in one place. Lists are shorter than 1,000: that parts of other kinds stand beside one another
only decides where nothing else does. Two pairs of the same kind are worth more than one of equal parts.
"""


@dataclass(frozen=True)
class Part:
    """An item of a list: all that it says as a text, and by what it is told to be the same part."""

    item: Any
    text: str
    kind: str


@dataclass(frozen=True)
class Column:
    """What corresponds: an item of each list so far, or MISSING; the texts and the kinds of those that are there."""

    items: list[Any]
    texts: set[str]
    kinds: set[str]

    def add(self, part: Part | None) -> None:
        """The next list's part, if it has one here."""
        self.items.append(part.item if part else MISSING)
        if part:
            self.texts.add(part.text)
            self.kinds.add(part.kind)

    def worth(self, part: Part) -> int:
        """What it is worth that a part stands here."""
        return EQUAL if part.text in self.texts else SAME_KIND if part.kind in self.kinds else BESIDE


def aligned(lists: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Columns of what corresponds. A column has an item of each list, or MISSING.

    Each list is laid along what those before it make together: equal parts in one place, else parts of the same kind; one that
    took another's place stands beside it.
    """
    columns: list[Column] = []
    for number, items in enumerate(lists):
        merged = []
        for known, part in pairs(columns, [part_of(item) for item in items]):
            column = known or Column([MISSING] * number, set(), set())
            column.add(part)
            merged.append(column)
        columns = merged
    return [column.items for column in columns]


def part_of(item: Any) -> Part:
    """An item of a list; one without a kind is the same part as others of its type."""
    kind = str(item.get("kind", "")) if isinstance(item, Mapping) else type(item).__name__
    return Part(item, json.dumps(item, sort_keys=True), kind)


def pairs(columns: Sequence[Column], parts: Sequence[Part]) -> Iterator[tuple[Column | None, Part | None]]:
    """All of both in their order, together where that is worth the most, of equally good ways the first; None where one is alone."""
    begin = common_start(columns, parts)
    yield from zip(columns[:begin], parts[:begin], strict=True)
    columns, parts = columns[begin:], parts[begin:]
    worth = [[column.worth(part) for part in parts] for column in columns]
    best, i, j = best_from(worth, len(parts)), 0, 0
    while i < len(columns) and j < len(parts):
        if best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            yield columns[i], parts[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield columns[i], None
            i += 1
        else:
            yield None, parts[j]
            j += 1
    yield from ((column, None) for column in columns[i:])
    yield from ((None, part) for part in parts[j:])


def common_start(columns: Sequence[Column], parts: Sequence[Part]) -> int:
    """How many equal parts come first. Nothing is worth more than these in one place, and in most comparisons they are all."""
    both = enumerate(zip(columns, parts, strict=False))
    return next((n for n, (column, part) in both if part.text not in column.texts), min(len(columns), len(parts)))


def best_from(worth: Sequence[Sequence[int]], count: int) -> list[list[int]]:
    """best[i][j]: the most that the columns from i on and the parts from j on are worth together.

        best[i][j] = max(worth[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])

    Source: Needleman & Wunsch, 1970, "A General Method Applicable to the Search for Similarities", with gaps that cost nothing.
    """
    best = [[0] * (count + 1)]
    for row in reversed(worth):
        below, here = best[-1], [0] * (count + 1)
        for j in range(count - 1, -1, -1):
            here[j] = max(row[j] + below[j + 1], below[j], here[j + 1])
        best.append(here)
    return best[::-1]
