"""All measurements, or those that are named, each in a table; figures are medians with minimum and maximum, ratios are of one run."""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy
import torch

from tests.bench import beside, first_point, frames, listing, live, loop, pages, store
from tests.bench.table import Table
from tests.services import use_data_beside

TARGET = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`, or a part of it by `.venv/bin/python -m tests.bench NAME ...` ({names}). Medians, with minimum and maximum;
the machines are noisy, so look at ratios, which are of one run.

Machine: {cores} cores, {system}; Python {python}, torch {torch}, numpy {numpy}; {day}.
"""
MODULES = {
    "loop": loop, "store": store, "beside": beside, "live": live, "listing": listing,
    "first_point": first_point, "pages": pages, "frames": frames,
}  # fmt: skip


def main(wanted: Sequence[str]) -> None:
    """Measure, print, and write each table in the place of the one that was there."""
    use_data_beside()
    torch.set_num_threads(1)
    sections = read()
    for name in wanted or MODULES:
        found: Table | list[Table] = MODULES[name].measure()
        for table in [found] if isinstance(found, Table) else found:
            print(table.markdown(), flush=True)
            sections[table.title] = table.markdown()
            write(sections)


def read() -> dict[str, str]:
    """The tables of the page as it is, by their titles."""
    _, *tables = TARGET.read_text(encoding="utf-8").split("\n## ") if TARGET.exists() else [""]
    return {table.split("\n", 1)[0]: f"## {table.rstrip()}\n" for table in tables}


def write(sections: dict[str, str]) -> None:
    """The page."""
    head = HEAD.format(
        names=", ".join(MODULES),
        cores=os.cpu_count(),
        system=platform.system(),
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=numpy.__version__,
        day=datetime.now(UTC).date(),
    )
    TARGET.write_text("\n".join([head, *sections.values()]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
