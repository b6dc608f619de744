"""Writing and reading curves, on SQLite."""

import tempfile
import time
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from dlcore.events import Scalars
from tests.bench.table import Table
from tests.conftest import make_trial
from webapp.models import CurveChunk, db
from webapp.store import curves
from webapp.store.database import open_sessions

POINTS = 1_000_000
ROUNDS = 5


def measure() -> Table:
    """A million points of a loss curve."""
    table = Table("Curves: a loss of 1,000,000 points, SQLite", "")
    with tempfile.TemporaryDirectory() as folder:
        sessions = open_sessions(f"sqlite:///{Path(folder)}/bench.sqlite3")
        db.metadata.create_all(sessions.kw["bind"])
        values = np.random.default_rng(0).normal(size=POINTS).astype(np.float32).astype(np.float64)
        steps, times = np.arange(1, POINTS + 1), np.round(1.7e9 + np.arange(POINTS) / 1000, 3)
        written, trials = [], []
        for _ in range(3):
            trials.append(make_trial(sessions, state="running", attempt=1))
            start = time.perf_counter()
            with sessions() as session:
                curves.append(session, trials[-1], 1, [Scalars("train/loss", steps, values, times)])
                session.commit()
            written.append(POINTS / (time.perf_counter() - start))
        table.add("written, points per second", written)
        with sessions() as session:
            size = func.sum(func.length(CurveChunk.points) + func.length(CurveChunk.sketch))
            table.add(
                "bytes per point", [session.scalar(select(size).where(CurveChunk.trial_id == trials[0])) / POINTS]
            )
            for what, window in (
                ("whole view, ms", (None, None)),
                ("a window of 10,000 steps, ms", (500_000, 510_000)),
            ):
                taken = []
                for _ in range(ROUNDS):
                    start = time.perf_counter()
                    curves.read(session, trials[0], ["train/loss"], 1500, *window)
                    taken.append(1000 * (time.perf_counter() - start))
                table.add(what, taken)
    return table
