"""In what specs differ: nested keys as paths, parts in lists beside those that they correspond to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.compare.alignment import MISSING, aligned


@dataclass(frozen=True)
class Difference:
    """A path such as ``optimizer.lr``, and its value in each spec; None where a spec has no such path."""

    path: str
    values: tuple[str | None, ...]

    @property
    def is_equal(self) -> bool:
        """Whether all specs say the same here."""
        return len(set(self.values)) == 1

    @property
    def usual(self) -> str | None:
        """The value that most of them have, of equally many the first one's: what others are seen to differ from."""
        return Counter(self.values).most_common(1)[0][0]


def differences(specs: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """The paths whose values are not the same in all specs, in the order in which the specs write them."""
    return [row for row in rows_of(specs) if not row.is_equal]


def rows_of(specs: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """All paths of all specs, with their values in the words of people."""
    return [
        Difference(path, tuple(None if value is MISSING else written(value) for value in values))
        for path, values in leaves_of(specs)
    ]


def leaves_of(specs: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    """(path, the value in each spec or MISSING) of everything that is not made of others."""
    return list(walk([spec or MISSING for spec in specs], ""))


def walk(values: Sequence[Any], path: str) -> Iterator[tuple[str, list[Any]]]:
    """The leaves below a path, through all specs at once. Where only some have something below it, the others' value stands at it."""
    plain = [MISSING if is_nested(value) else value for value in values]
    if any(value is not MISSING for value in plain):
        yield path, plain
    mappings = [value if isinstance(value, Mapping) and value else {} for value in values]
    for key in dict.fromkeys(key for mapping in mappings for key in mapping):
        yield from walk([one.get(key, MISSING) for one in mappings], f"{path}.{key}" if path else str(key))
    lists = [value if isinstance(value, list | tuple) and is_nested(value) else [] for value in values]
    for place, items in enumerate(aligned(lists) if any(lists) else []):
        yield from walk(items, f"{path}.{place}")


def is_nested(value: Any) -> bool:
    """Whether there are values below this one; a list of plain values is one value."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list | tuple) and any(isinstance(inner, Mapping | list | tuple) for inner in value)


def written(value: Any) -> str:
    """A value as people write it."""
    if value is None or value in ([], (), {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(written(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) and value == float(f"{value:g}") else str(value)
