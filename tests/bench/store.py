"""Writing and reading curves, on SQLite and PostgreSQL, by the functions and by the page's route; and what logging costs the loop."""

import contextlib
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text

from dlcore.events import Scalars
from dlcore.recorder import Recorder
from tests.bench.table import Table
from tests.conftest import PASSWORD, make_trial
from tests.services import postgres_binary, running_postgres, running_redis
from webapp.app import create_app
from webapp.auth.service import create_user
from webapp.models import CurveChunk, Role, db
from webapp.settings import Settings
from webapp.store import curves
from webapp.store.database import open_sessions
from webapp.store.log import CurveLog

KEY = "train/loss"
MILLION = 1_000_000
BATCH = 65_536
ONE_BY_ONE = 300_000
TWENTY = [f"curve/{number}" for number in range(20)]
WINDOWS = {
    "a window of 10,000 steps": (5_000_000, 5_010_000),
    "a window of 90,000 steps": (5_000_000, 5_090_000),
    "a window of 1,000,000 steps": (3_000_000, 4_000_000),
    "a window of 5,000,000 steps": (2_000_000, 7_000_000),
    "all but the first and the last 100 steps": (100, 9_999_900),
}
ROUNDS = 7
LOOP_STEPS = 20_000


def measure() -> Table:
    """A loss curve of a million points and one of ten millions."""
    table = Table("Curves", "as each row says")
    with tempfile.TemporaryDirectory() as folder, running_redis() as redis_url:
        for name, url in databases(Path(folder)):
            Store(name, url, table).measure(Path(folder) / name, redis_url)
    if not postgres_binary("initdb"):
        table.rows.append(("PostgreSQL is not installed here, so its rows are left out", 0, 0, 0, ""))
    table.add("logging 4 scalars a step, the flushes included: µs of the loop per scalar", cost_in_the_loop())
    return table


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, address) of an empty database of each kind."""
    yield "SQLite", f"sqlite:///{folder}/bench.sqlite3"
    if postgres_binary("initdb"):
        with running_postgres() as url:
            yield "PostgreSQL", url.replace("postgresql://", "postgresql+psycopg://")


class Store:
    """The measurements on one database."""

    def __init__(self, name: str, url: str, table: Table) -> None:
        self.name = name
        self.url = url
        self.table = table
        self.sessions = open_sessions(url)
        db.metadata.create_all(self.engine)

    @property
    def engine(self) -> Engine:
        found: Engine = self.sessions.kw["bind"]
        return found

    def add(self, what: str, figures: list[float], remark: str = "") -> None:
        self.table.add(f"{self.name}: {what}", figures, remark)

    def time(self, what: str, act: Callable[[], None], before: Callable[[], None] = lambda: None) -> None:
        """A row of milliseconds, with those that this process computed: they tell more on a machine that others use, too."""
        passed, computed = [], []
        act()
        for _ in range(ROUNDS):
            before()
            start, busy = time.perf_counter(), time.process_time()
            act()
            passed.append(1000 * (time.perf_counter() - start))
            computed.append(1000 * (time.process_time() - busy))
        self.add(f"{what}, ms", passed, f"of these computing {statistics.median(computed):.3g}")

    def measure(self, var: Path, redis_url: str) -> None:
        """All rows."""
        million = loss_curve(MILLION)
        trials = [make_trial(self.sessions, state="running", attempt=1) for _ in range(5)]
        self.add(f"written in batches of {BATCH:,}, points per second", [self.write(t, million) for t in trials[:3]])
        self.add("bytes per point, of the chunks' columns", [self.size_of_columns() / (3 * MILLION)])
        self.add("bytes per point, of all that the database keeps", [self.size_of_all() / (3 * MILLION)])
        self.write(trials[3], loss_curve(10 * MILLION))
        self.write(trials[4], *[loss_curve(100_000, key) for key in TWENTY])
        self.read_rows(trials[0], trials[3], trials[4])
        self.route_rows(trials[0], var, redis_url)
        self.add("written with one call per point, points per second", [self.log() for _ in range(3)])
        self.engine.dispose()

    def write(self, trial: int, *logged: Scalars) -> float:
        """Points per second."""
        start = time.perf_counter()
        for first in range(0, len(logged[0].steps), BATCH):
            with self.sessions() as session:
                curves.append(session, trial, 1, [part(curve, slice(first, first + BATCH)) for curve in logged])
                session.commit()
        return sum(len(curve.steps) for curve in logged) / (time.perf_counter() - start)

    def log(self) -> float:
        """Points per second with one call each, until all are durable."""
        trial = make_trial(self.sessions, state="running", attempt=1)
        values = loss_curve(ONE_BY_ONE).values.tolist()
        start = time.perf_counter()
        with CurveLog(self.sessions, trial, 1) as log:
            for step, value in enumerate(values):
                log.add(KEY, step, value)
        return ONE_BY_ONE / (time.perf_counter() - start)

    def size_of_columns(self) -> int:
        with self.sessions() as session:
            lengths = func.length(CurveChunk.points) + func.coalesce(func.length(CurveChunk.sketch), 0)
            return session.scalar(select(func.sum(lengths))) or 0

    def size_of_all(self) -> int:
        """The whole file, or the table with its index and long values."""
        if self.engine.dialect.name == "sqlite":
            size = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            size = text("SELECT pg_total_relation_size('curve_chunks')")
        with self.sessions() as session:
            return int(session.scalar(size) or 0)

    def read_rows(self, million: int, ten_millions: int, twenty: int) -> None:
        """Views at 1,500 points by the function."""
        for what, trial in (("1,000,000 points", million), ("10,000,000 points", ten_millions)):
            view = functools.partial(self.read, trial, [KEY])
            self.time(f"whole view of {what}, warm", view)
            self.time(f"whole view of {what}, cold", view, before=functools.partial(forget, self.engine))
        for what, window in WINDOWS.items():
            self.time(f"of 10,000,000 points {what}", functools.partial(self.read, ten_millions, [KEY], *window))
        self.time("twenty curves of 100,000 points", functools.partial(self.read, twenty, TWENTY))

    def read(self, trial: int, keys: list[str], *window: int) -> None:
        with self.sessions() as session:
            curves.read(session, trial, keys, 1500, *window)

    def route_rows(self, trial: int, var: Path, redis_url: str) -> None:
        """The same by /live/snapshot, as the page asks for it."""
        with logged_in(Settings(DESCENT_VAR=var, DATABASE_URL=self.url, REDIS_URL=redis_url)) as (browser, engine):
            address = f"/live/snapshot?trials={trial}&points=1500"

            def ask() -> None:
                assert browser.get(address).status_code == 200

            what = "/live/snapshot of 1,000,000 points in the server's process"
            self.time(f"{what}, warm", ask)
            self.time(f"{what}, cold", ask, before=functools.partial(forget, engine))


@contextlib.contextmanager
def logged_in(settings: Settings) -> Iterator[tuple[FlaskClient, Engine]]:
    """A browser of a person of the application, and the application's engine."""
    app = create_app(settings, WTF_CSRF_ENABLED=False)
    with app.app_context():
        create_user(db.session(), "ada", "ada@example.com", PASSWORD, Role.MEMBER)
        db.session.commit()
        engine = db.engine
    browser = app.test_client()
    assert browser.post("/login", data={"login": "ada", "password": PASSWORD}).status_code == 302
    yield browser, engine
    engine.dispose()


def forget(engine: Engine) -> None:
    """Leave nothing warm: no connection with its pages, no statement that is known."""
    engine.dispose()
    engine.clear_compiled_cache()


def loss_curve(count: int, key: str = KEY) -> Scalars:
    """A loss that falls, with noise; float32, as a device gives it; a few milliseconds a step."""
    random, steps = np.random.default_rng(0), np.arange(1, count + 1)
    values = 2 * np.exp(-steps / 1e5) + 0.1 * random.normal(size=count)
    times = np.round(1.7e9 + np.cumsum(random.gamma(20, 0.15, size=count)) / 1000, 3)
    return Scalars(key, steps, values.astype(np.float32).astype(np.float64), times)


def part(curve: Scalars, cut: slice) -> Scalars:
    """Some of a curve."""
    return Scalars(curve.key, curve.steps[cut], curve.values[cut], curve.times[cut])


def cost_in_the_loop() -> list[float]:
    """Microseconds for each scalar: a loss on the device and three numbers that the host knows, at each step."""
    figures = []
    for _ in range(ROUNDS):
        recorder, loss = Recorder(LOOP_STEPS, 1), torch.tensor(0.5)
        start = time.perf_counter()
        for step in range(1, LOOP_STEPS + 1):
            recorder.after_step(step, loss, 32)
            for key in TWENTY[:3]:
                recorder.add(step, key, 0.5)
            if recorder.due:
                list(recorder.flush(step, 0.0))
        list(recorder.flush(LOOP_STEPS, 1.0))
        figures.append(1e6 * (time.perf_counter() - start) / (4 * LOOP_STEPS))
    return figures
