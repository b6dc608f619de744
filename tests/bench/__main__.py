"""All measurements, each in a table; figures are medians with minimum and maximum, ratios are of one run."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy
import torch

from tests.bench import beside, first_point, frames, listing, live, loop, pages, store
from tests.bench.table import Table

TARGET = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Medians, with minimum and maximum; the machines are noisy, so look at ratios, which are of one run.

Machine: {cores} cores, {system}; Python {python}, torch {torch}, numpy {numpy}; {day}.
"""


def main() -> None:
    """Measure, print, write."""
    torch.set_num_threads(1)
    head = HEAD.format(
        cores=os.cpu_count(),
        system=platform.system(),
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=numpy.__version__,
        day=datetime.now(UTC).date(),
    )
    parts = [head]
    for module in (loop, store, beside, live, first_point, pages, frames):
        table: Table = module.measure()
        parts.append(table.markdown())
        print(parts[-1], flush=True)
    for table in listing.measure():
        parts.append(table.markdown())
        print(parts[-1], flush=True)
    TARGET.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
