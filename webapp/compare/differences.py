"""In what specs differ: nested keys as paths, and only the rows that are not the same for all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A path such as ``optimizer.lr``, and its value in each spec; None where a spec has no such path."""

    path: str
    values: tuple[str | None, ...]


def differences(specs: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """The paths whose values are not the same in all specs, in the order in which the specs write them."""
    flat = [dict(flatten(spec)) if spec else {} for spec in specs]
    paths = dict.fromkeys(path for one in flat for path in one)
    rows = (Difference(path, tuple(one.get(path) for one in flat)) for path in in_sections(list(paths)))
    return [row for row in rows if len(set(row.values)) > 1]


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """("optimizer.lr", "0.05"), ... of a nested spec; an empty list or mapping is "none"."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from flatten(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(inner, Mapping | list | tuple) for inner in value):
        for position, inner in enumerate(value):
            yield from flatten(inner, f"{path}.{position}")
    else:
        yield path, written(value)


def in_sections(paths: list[str]) -> list[str]:
    """Paths of one section next to each other, however late a spec brings one in."""
    sections = list(dict.fromkeys(path.partition(".")[0] for path in paths))
    return sorted(paths, key=lambda path: sections.index(path.partition(".")[0]))


def written(value: Any) -> str:
    """A value as people write it."""
    if value is None or value in ([], (), {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(written(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) and value == float(f"{value:g}") else str(value)
