"""Descent beside TensorBoard, MLflow and Aim, all on this machine in one run: writing, size, and a chart of the whole."""

import base64
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tests.bench import peers
from tests.bench.peers.peer_clock import SPIKE, losses
from tests.bench.table import Table
from tests.load.scene import Scene, scene
from webapp.store.database import open_sessions
from webapp.store.log import CurveLog

STEPS, LONG, SPIKE_AT = 100_000, 1_000_000, 123_457
ATTEMPT = 1
ROWS = (
    ("rate", "points per second, 4 scalars a step, one step at a time", "more"),
    ("bytes", "bytes on disk per point", "less"),
    ("first_page_s", "seconds from the start of the server to its first answer", "less"),
    ("cold_ms", "chart of a long curve, first request, ms", "less"),
    ("warm_ms", "chart of a long curve, again, ms", "less"),
)


def measure() -> Table:
    """Once each; a ratio above 1 is in our favour. The long curve has 1,000,000 points, Aim's 100,000."""
    table = Table("Beside the others; the ratio says how many times better Descent is", "")
    ours = our_figures()
    measured = {peer: peers.figures(peer) for peer in peers.SCRIPTS}
    theirs = {peer: figures for peer, figures in measured.items() if figures is not None}
    for peer in measured.keys() - theirs.keys():
        table.add(f"{peer} could not be measured here", [float("nan")])
    for name, words, better in ROWS:
        table.add(f"{words}: Descent", [ours[name]])
        for peer, figures in theirs.items():
            ratio = ours[name] / figures[name] if better == "more" else figures[name] / ours[name]
            table.add(f"{words}: {peer}", [figures[name]], f"ratio {ratio:,.1f}")
    for peer, figures in {"Descent": ours, **theirs}.items():
        table.add(f"a spike of one step is in the answer: {peer}", [float(figures["spike"])], "1: yes, 0: no")
    return table


def our_figures() -> dict[str, Any]:
    """Descent's, on SQLite; the chart is asked for as its pages do."""
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder), trials=2) as made:
        made.stop_web()
        short, long = made.trials
        before = database_size(made)
        rate = written(made, short, "abcd", losses(STEPS))
        grown = database_size(made) - before
        written(made, long, "l", losses(LONG, SPIKE_AT))
        started = time.perf_counter()
        made.start_web()
        first_page = time.perf_counter() - started
        cold, body = chart(made, long)
        warm = statistics.median(chart(made, long)[0] for _ in range(5))
    values = np.frombuffer(base64.b64decode(orjson.loads(body)["trials"][str(long)]["curves"]["l"]["value"]["bdata"]))
    return {"rate": rate, "bytes": grown / (4 * STEPS), "first_page_s": first_page, "cold_ms": cold, "warm_ms": warm,
            "spike": SPIKE in values}  # fmt: skip


def written(made: Scene, trial: int, keys: str, values: list[float]) -> float:
    """Log a value of each curve at each step; points per second."""
    sessions, start = open_sessions(made.settings.database), time.perf_counter()
    with CurveLog(sessions, trial, ATTEMPT) as log:
        for step, value in enumerate(values):
            for key in keys:
                log.add(key, step, value)
    taken = time.perf_counter() - start
    sessions.kw["bind"].dispose()
    return len(values) * len(keys) / taken


def database_size(made: Scene) -> int:
    """Bytes of the database and its log."""
    return sum(path.stat().st_size for path in Path(made.settings.var).glob("*.sqlite3*"))


def chart(made: Scene, trial: int) -> tuple[float, bytes]:
    """(milliseconds, answer) of a view of the whole curve at 1,500 points."""
    address = f"{made.url}/live/snapshot?trials={trial}&keys=l&points=1500"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {made.token}"})
    start = time.perf_counter()
    answer = urllib.request.urlopen(request, timeout=60).read()
    return 1000 * (time.perf_counter() - start), answer
