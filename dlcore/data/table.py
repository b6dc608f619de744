"""Tables of text: a line of names, then a line for each example. Read twice: what columns hold, then the numbers."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import DatasetUnreadable

LARGEST_BYTES = 128 * 1024 * 1024
MOST_COLUMNS = 10_000
MOST_VALUES = 1_000  # different words of a column that are remembered
MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. values: its different values, sorted, None when there are more than MOST_VALUES; missing: how many lack it."""

    name: str
    is_number: bool
    values: tuple[str, ...] | None
    missing: int


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds, without its numbers."""

    path: Path
    separator: str
    rows: int
    columns: tuple[Column, ...]

    def position(self, name: str) -> int | None:
        """Where a column is."""
        return next((k for k, column in enumerate(self.columns) if column.name == name), None)


@dataclass(slots=True)
class Seen:
    """What has been seen of a column so far."""

    is_number: bool = True
    values: set[str] = field(default_factory=set)
    missing: int = 0

    def add(self, cell: str) -> None:
        """One more cell."""
        if cell.lower() in MISSING:
            self.missing += 1
            return
        if len(self.values) <= MOST_VALUES:
            self.values.add(cell)
        self.is_number = self.is_number and is_number(cell)

    def column(self, name: str) -> Column:
        """The column when all cells were seen; one without any value is no number."""
        order = sorted(self.values, key=float) if self.is_number else sorted(self.values)
        values = tuple(order) if len(order) <= MOST_VALUES else None
        return Column(name, self.is_number and bool(self.values), values, self.missing)


def table_of(path: Path, separator: str | None) -> Table:
    """What the file at ``path`` holds; separator None: the one that its first line has most of. Raises DatasetUnreadable."""
    facts = path.stat()
    if facts.st_size > LARGEST_BYTES:
        raise DatasetUnreadable(
            path,
            f"it has {facts.st_size:,} bytes; at most {LARGEST_BYTES:,} of text are read. An .npz file may be larger.",
        )
    return scanned(path, separator, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=32)
def scanned(path: Path, separator: str | None, size: int, changed_ns: int) -> Table:
    """The table; remembered as long as the file stays the same."""
    chosen = separator or guess_separator(path)
    lines = records(path, chosen)
    names = [name.strip() for name in next(lines, [])]
    check_names(path, names)
    seen = [Seen() for _ in names]
    rows = 0
    for rows, cells in enumerate(lines, 1):  # noqa: B007 - the count is used below
        for one, cell in zip(seen, cells, strict=True):
            one.add(cell.strip())
    if not rows:
        raise DatasetUnreadable(path, "it has no line below its names.")
    return Table(path, chosen, rows, tuple(one.column(name) for one, name in zip(seen, names, strict=True)))


def check_names(path: Path, names: Sequence[str]) -> None:
    """The first line must name each column, and each differently."""
    if not 1 <= len(names) <= MOST_COLUMNS:
        raise DatasetUnreadable(path, f"its first line has {len(names):,} names; expected 1 to {MOST_COLUMNS:,}.")
    if "" in names:
        raise DatasetUnreadable(path, f"column {names.index('') + 1} has no name in the first line.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetUnreadable(path, f"two columns are called {twice!r}.")


def guess_separator(path: Path) -> str:
    """The one of comma, semicolon, tab and bar that the first line has most of."""
    with path.open("rb") as file:
        first = file.readline(1 << 20).decode("utf-8", "replace")
    return max(",;\t|", key=first.count)


def records(path: Path, separator: str) -> Iterator[list[str]]:
    """The cells of each line, the names first; lines of another length are an error, empty ones are left out."""
    width = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(without_nul(path, file), delimiter=separator, strict=True)
            for cells in reader:
                if not cells:
                    continue
                width = width or len(cells)
                if len(cells) != width:
                    raise DatasetUnreadable(
                        path, f"line {reader.line_num:,} has {len(cells)} cells, the first one {width}."
                    )
                yield cells
    except UnicodeDecodeError as error:
        raise DatasetUnreadable(path, f"it is not text in UTF-8 ({error.reason}).") from error
    except (csv.Error, OSError) as error:
        raise DatasetUnreadable(path, f"{error}.") from error


def without_nul(path: Path, lines: Iterable[str]) -> Iterator[str]:
    """The lines, none of which holds the character NUL, which no database takes."""
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise DatasetUnreadable(path, f"line {number:,} holds the character NUL, which is no text.")
        if number % 500 == 0:
            time.sleep(0)  # in a web process others are served in between
        yield line


def is_number(cell: str) -> bool:
    """Whether a cell is a finite number."""
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def encoded_width(column: Column) -> int:
    """How many numbers a column becomes: one, or one for each of its words."""
    return 1 if column.is_number else len(column.values or ())


def encoded_names(columns: Sequence[Column]) -> tuple[str, ...]:
    """What the encoded numbers are called: ``age``, ``colour = red``, ``colour = white``."""
    return tuple(
        name
        for column in columns
        for name in (
            [column.name] if column.is_number else [f"{column.name} = {value}" for value in column.values or ()]
        )
    )


def encode(table: Table, columns: Sequence[Column]) -> NDArray[np.float32]:
    """(rows, numbers): numbers as they are, words one-hot; a missing number is NaN, a missing word all zeros."""
    chosen = [(table.columns.index(column), column) for column in columns]
    made = np.zeros((table.rows, sum(encoded_width(column) for column in columns)))
    places = {(k, value): n for k, column in chosen for n, value in enumerate(column.values or ())}
    for row, cells in enumerate(islice(records(table.path, table.separator), 1, None)):
        start = 0
        for k, column in chosen:
            cell = cells[k].strip()
            if column.is_number:
                made[row, start] = np.nan if cell.lower() in MISSING else float(cell)
            elif cell.lower() not in MISSING:
                made[row, start + places[k, cell]] = 1.0
            start += encoded_width(column)
    if np.nanmax(np.abs(made), initial=0) > np.finfo(np.float32).max:
        raise DatasetUnreadable(table.path, "it has a number that is too large for float32.")
    return made.astype(np.float32)


def numbered(table: Table, column: Column) -> NDArray[np.int64]:
    """For each row the number of its value among the column's values (equal numbers, such as 1 and 1.0, are one)."""
    k = table.columns.index(column)
    order = {name: n for n, name in enumerate(value_names(column))}
    rows = islice(records(table.path, table.separator), 1, None)
    return np.array([order[value_name(column, cells[k].strip())] for cells in rows], np.int64)


def value_names(column: Column) -> tuple[str, ...]:
    """The different values of a column as classes are called."""
    return tuple(dict.fromkeys(value_name(column, value) for value in column.values or ()))


def value_name(column: Column, cell: str) -> str:
    """One value: ``3``, whether it was written 3 or 3.0."""
    return f"{float(cell):.12g}" if column.is_number else cell
