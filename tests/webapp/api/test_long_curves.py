"""A curve of a million points as CSV: bit for bit, without ever being in memory as a whole."""

import os
from pathlib import Path

import numpy as np
from flask import Flask

from dlcore.events import Scalars
from tests.conftest import Person, Store
from tests.making import same_bits
from webapp.store import curves, leases

POINTS = 1_000_000


def test_csv_of_a_million_points_streams_in_constant_memory_and_equals_what_was_logged(
    app: Flask, ada: Person, store: Store, submit
) -> None:
    trial = submit(ada).trials[0].id
    assert leases.claim(store, trial, "a test", 60) == 1
    random = np.random.default_rng(0)
    steps = np.cumsum(random.integers(1, 4, POINTS))
    values = random.standard_normal(POINTS)
    values[:500_000] = values[:500_000].astype(np.float32)
    values[[7, 600_000, 600_001, 999_999]] = np.nan, np.inf, -np.inf, -0.0
    times = np.rint(1.7e12 + np.cumsum(random.integers(0, 9, POINTS))) / 1000
    curves.append(store, trial, 1, [Scalars("train/loss", steps, values, times)])
    store.commit()
    store.close()

    answer = app.test_client().get(
        f"/api/v1/trials/{trial}/curves",
        headers={"Accept": "text/csv", "Authorization": f"Bearer {ada.token}"},
        buffered=False,
    )
    read, size, rest, before, most = 0, 0, "", resident_bytes(), 0
    for piece in answer.response:
        lines = (rest + piece.decode()).removeprefix("key,step,value,time\n").split("\n")
        rest = lines.pop()
        if lines:
            _, *columns = zip(*(line.split(",") for line in lines), strict=True)
            here = slice(read, read + len(lines))
            assert list(map(int, columns[0])) == steps[here].tolist()
            assert same_bits(list(map(float, columns[1])), values[here])
            assert same_bits(list(map(float, columns[2])), times[here])
        read, size, most = read + len(lines), size + len(piece), max(most, resident_bytes())
    assert (read, rest) == (POINTS, "")
    assert size > 40e6
    assert most - before < 20e6


def resident_bytes() -> int:
    """The memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
