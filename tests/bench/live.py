"""From a step of the loop to those who watch it: 50 trials at 20 steps/s each, 200 viewers, and a page in a real browser."""

import tempfile
from pathlib import Path

import numpy as np

from tests.bench.table import Table
from tests.load.page import drawn_after_s, watched_page
from tests.load.run import Load, Outcome, run
from tests.load.scene import scene

TRIALS = 50
LOAD = Load(viewers=200, steps=500, steps_per_s=20)
START_S = 4.0


def measure() -> Table:
    """Latencies are from the moment that a step was done, by the points' own times, the wait for the flush included."""
    table = Table("Live: from the loop's step to those who watch (50 trials at 20 steps/s, 200 viewers)", "ms")
    drawn: list[float] = []
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder), TRIALS) as made:
        trial = made.trials[0]
        with watched_page(made, trial) as page:
            outcome = run(made, LOAD, lambda: drawn.extend(drawn_after_s(page, made, trial, LOAD.seconds - START_S)))
    assert not outcome.faults, outcome.faults[:3]
    arrived = [1000 * late for viewer in outcome.viewers for late in viewer.latencies_s]
    table.add("step → message at a viewer", arrived, remark(arrived))
    table.add(
        "step → drawn on a page's chart", [1000 * late for late in drawn], remark([1000 * late for late in drawn])
    )
    add_costs(table, outcome)
    return table


def add_costs(table: Table, outcome: Outcome) -> None:
    """What it takes of the web process."""
    rate = sum(viewer.messages for viewer in outcome.viewers) / LOAD.seconds
    table.add("web process: share of a core (%)", [100 * outcome.cpu_share], f"{rate:,.0f} messages/s")
    for name, held in (("idle", outcome.idle_kib), ("active", outcome.active_kib)):
        grown = (held - outcome.before_kib) / LOAD.viewers
        table.add(f"web process: memory for each {name} viewer (KiB)", [grown], f"{held / 1024:.0f} MiB in all")


def remark(late_ms: list[float]) -> str:
    """The 95th percentile."""
    return f"p95 {np.percentile(late_ms, 95):.0f} ms"
