"""Tables as CSV: copied as they are, then read once."""

import time
from itertools import islice
from pathlib import Path
from typing import Any

from dlcore.data.table import LARGEST_BYTES, Column, Table, records, table_of
from webapp.datasets.limits import BLOCK, SHOWN_CELL, SHOWN_COLUMNS, SHOWN_ROWS, Found
from webapp.uploads.archives import Upload
from webapp.uploads.budget import MIB, Budget, UploadProblem


def keep_table(upload: Upload, target: Path, budget: Budget) -> Found:
    """Write a table to ``target`` and read it. Raises UploadProblem, DatasetUnreadable."""
    budget.take_file()
    with target.open("wb") as file:
        while block := upload.stream.read(BLOCK):
            budget.take_bytes(len(block))
            if budget.unpacked > LARGEST_BYTES:
                raise UploadProblem(
                    f"A table has at most {LARGEST_BYTES // MIB} MiB of text; this is larger. An .npz file may be larger."
                )
            file.write(block)
            time.sleep(0)  # others are served in between
    return Found("csv", facts_of(table_of(target, None)))


def facts_of(table: Table) -> dict[str, Any]:
    """Its columns, its first rows, and what the last column, which is the target unless another is named, can be."""
    shown = [cells[:SHOWN_COLUMNS] for cells in islice(records(table.path, table.separator), 1, 1 + SHOWN_ROWS)]
    return {
        "examples": table.rows,
        "columns": [told_of(column) for column in table.columns[:SHOWN_COLUMNS]],
        "column_count": len(table.columns),
        "rows": [[cell.strip().replace("\x00", "")[:SHOWN_CELL] for cell in cells] for cells in shown],
        "predict": "classification" if is_classes(table) else "regression",
    }


def told_of(column: Column) -> dict[str, Any]:
    """A column for its reader."""
    different = None if column.values is None else len(column.values)
    return {
        "name": column.name[:100],
        "is_number": column.is_number,
        "different": different,
        "missing": column.missing,
    }


def is_classes(table: Table) -> bool:
    """Whether the last column looks like classes: words, or few whole numbers."""
    values = table.columns[-1].values
    if values is None or not table.columns[-1].is_number:
        return values is not None
    return len(values) <= 20 and all(float(value).is_integer() for value in values)
