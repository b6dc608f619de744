"""What experiments can be laid out by: fields of their specs that differ, and their results. Parallel coordinates, scatter and
grouping choose among these.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from webapp.compare.alignment import MISSING
from webapp.compare.differences import leaves_of, written
from webapp.compare.summary import Column, Summary
from webapp.search.declared import declared_fields

Value = float | str | None
MOST_FIELDS = 60


@dataclass(frozen=True)
class Axis:
    """A field or a result: its value of each experiment, None where one has none."""

    name: str
    title: str
    source: Literal["field", "result"]
    kind: Literal["number", "category"]
    scale: Literal["linear", "log"]
    values: tuple[Value, ...]
    better: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the page and the API."""
        names = ("name", "title", "source", "kind", "scale", "better")
        return {name: getattr(self, name) for name in names} | {"values": list(self.values)}


def axes_of(specs: Sequence[Mapping[str, Any]], columns: Sequence[Column], rows: Sequence[Summary]) -> list[Axis]:
    """Of the fields in which the specs differ the first MOST_FIELDS, then the results that any of the experiments has.

    Fields of parts in lists come last: networks of other depths differ in hundreds of them, and would leave no room for the
    optimizer's.
    """
    fields = sorted(fields_of(specs), key=lambda axis: is_in_list(axis.name))
    return [*fields[:MOST_FIELDS], *results_of(columns, rows)]


def fields_of(specs: Sequence[Mapping[str, Any]]) -> list[Axis]:
    """An axis for each path whose values are not the same in all specs."""
    return [
        field_axis(path, values)
        for path, values in leaves_of(specs)
        if len({None if value is MISSING else written(value) for value in values}) > 1
    ]


def field_axis(path: str, values: Sequence[Any]) -> Axis:
    """Numbers where all that is there are numbers, words otherwise. It is logarithmic where the part that has the field says so."""
    there = [value for value in values if value is not MISSING]
    if not all(is_number(value) for value in there):
        words = tuple(None if value is MISSING else written(value) for value in values)
        return Axis(path, path, "field", "category", "linear", words)
    numbers = tuple(None if value is MISSING else float(value) for value in values)
    is_log = declared_scale(path) == "log" and all(value > 0 for value in there)
    return Axis(path, path, "field", "number", "log" if is_log else "linear", numbers)


def declared_scale(path: str) -> str:
    """The scale that a field declares; places in lists are no part of its name."""
    name = ".".join(word for word in path.split(".") if not word.isdecimal())
    declared = declared_fields().get(name)
    return declared.scale if declared else ""


def is_in_list(path: str) -> bool:
    """Whether a path leads through a part in a list, as ``network.layers.3.units`` does."""
    return any(word.isdecimal() for word in path.split("."))


def is_number(value: Any) -> bool:
    """Whether a value can stand on a scale."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def results_of(columns: Sequence[Column], rows: Sequence[Summary]) -> list[Axis]:
    """An axis for each column of final values that has any, for the duration and for the number of parameters."""
    found = [
        Axis(c.name, c.heading, "result", "number", "linear", tuple(row.cells[i].value for row in rows), c.better)
        for i, c in enumerate(columns)
    ]
    durations, parameters = tuple(row.duration_s for row in rows), tuple(row.parameters for row in rows)
    found.append(Axis("duration_s", "Duration (s)", "result", "number", "linear", durations))
    found.append(Axis("parameters", "Parameters", "result", "number", "log", parameters))
    return [axis for axis in found if any(value is not None for value in axis.values)]
