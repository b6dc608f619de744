"""The table of 10,000 experiments, sorted and filtered, while trials are written; on SQLite, and PostgreSQL where it is."""

import contextlib
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from dlcore.spec import Spec
from tests.bench.table import Table
from tests.making import points
from tests.services import postgres_binary, running_postgres
from webapp.app import create_app
from webapp.auth.service import create_user
from webapp.models import Experiment, State, Tag, Trial, User, db
from webapp.settings import Settings
from webapp.store import curves, leases
from webapp.store.database import open_sessions

EXPERIMENTS = 10_000
RUNNING = 20
ROUNDS = 15
PASSWORD = "correct horse battery"
PAGES = {
    "newest first": {},
    "sorted by validation accuracy": {"sort": "validation/accuracy"},
    "sorted by validation loss, worst first": {"sort": "-validation/loss"},
    "sorted by duration": {"sort": "duration_s"},
    "sorted by learning rate": {"sort": "optimizer.lr"},
    "sorted by title": {"sort": "title"},
    "optimizer.kind = adam": {"search": "optimizer.kind = adam"},
    "optimizer.lr < 1e-4": {"search": "optimizer.lr < 1e-4"},
    "regularisation.strength > 0.01, by accuracy": {
        "search": "regularisation.strength > 0.01",
        "sort": "validation/accuracy",
    },
    "seed = 4321 (one matches), by accuracy": {"search": "seed = 4321", "sort": "validation/accuracy"},
    "nothing matches": {"search": "optimizer.lr > 100"},
    "the example of the documentation": {
        "search": "optimizer.kind = adam and val/accuracy > 0.9 and tag:baseline and owner:me",
        "sort": "validation/accuracy",
    },
    "not, or, in": {
        "search": "not (batch_size in (32, 64) or network.activation = tanh) and val/loss < 0.5",
        "sort": "validation/loss",
    },
    "state:failed": {"search": "state:failed"},
    "words": {"search": "sweep quiet", "sort": "validation/accuracy"},
    "the page behind row 5,000, by accuracy": {"sort": "validation/accuracy", "cursor": "middle"},
}


def measure() -> list[Table]:
    """A table for each database."""
    with tempfile.TemporaryDirectory() as folder:
        tables = [measure_on(f"sqlite:///{Path(folder)}/bench.sqlite3", "SQLite")]
    if postgres_binary("initdb"):
        with running_postgres() as url:
            tables.append(measure_on(url, "PostgreSQL"))
    return tables


def measure_on(url: str, name: str) -> Table:
    """The route's time of each page, in the server, everything but the network in it."""
    table = Table(f"The list of {EXPERIMENTS:,} experiments, first page, {RUNNING} trials being written, {name}", "ms")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(DESCENT_VAR=Path(folder), DATABASE_URL=url, DESCENT_SECRET_KEY="a bench")
        app = create_app(settings, WTF_CSRF_ENABLED=False)
        with app.app_context():
            db.create_all()
            create_user(db.session(), "ada", "ada@example.com", PASSWORD)
            fill(db.session())
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    # As its autovacuum does within a minute of so many new rows.
                    connection.execute(text("VACUUM ANALYZE"))
        client = app.test_client()
        client.post("/login", data={"login": "ada", "password": PASSWORD})
        with being_written(settings.database):
            for what, query in PAGES.items():
                table.add(what, times(client, query))
    return table


def times(client: FlaskClient, query: dict[str, str]) -> list[float]:
    """Milliseconds of each round."""
    if "cursor" in query:
        page = client.get("/api/v1/experiments", query_string={"limit": 200, "sort": query["sort"]}).json
        for _ in range(24):
            again = {"limit": 200, "sort": query["sort"], "cursor": page["next_cursor"]}
            page = client.get("/api/v1/experiments", query_string=again).json
        query = {**query, "cursor": page["next_cursor"]}
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get("/experiments", query_string=query)
        taken.append(1000 * (time.perf_counter() - start))
        assert answer.status_code == 200, answer.text
    return taken[1:]


def fill(session: Session, count: int = EXPERIMENTS) -> None:
    """Experiments with ten fields that differ, and five results."""
    rng = random.Random(0)
    tags = [Tag(name=name) for name in ("baseline", "sweep", "ablation", "paper", "tried")]
    people = list(session.query(User)) + [User(username=f"user{n}", email=f"user{n}@example.com") for n in range(20)]
    session.add_all([*tags, *people])
    for number in range(count):
        experiment = made(rng, number)
        experiment.owner, experiment.tags = rng.choice(people), rng.sample(tags, rng.randrange(3))
        session.add(experiment)
        if number % 500 == 499:
            session.commit()
            session.expunge_all()
            tags, people = list(session.query(Tag)), list(session.query(User))
    session.commit()


def made(rng: random.Random, number: int) -> Experiment:
    """One of them."""
    spec = Spec.model_validate(
        {
            "data": {"kind": rng.choice(["mnist", "fashion_mnist", "digits"]), "train_size": rng.choice([None, 1000])},
            "network": {
                "kind": "mlp",
                "hidden": [rng.choice([64, 128, 256]), rng.choice([32, 64])],
                "activation": rng.choice(["relu", "tanh"]),
            },
            "optimizer": {"kind": rng.choice(["adam", "adamw", "sgd", "momentum"]), "lr": 10 ** rng.uniform(-5, -1)},
            "regularisation": [{"kind": "l2", "strength": 10 ** rng.uniform(-6, 0)}],
            "epochs": rng.choice([5, 10, 20]),
            "batch_size": rng.choice([32, 64, 128, 256]),
            "seed": number,
        }
    ).model_dump(mode="json")
    state = State.RUNNING if number < RUNNING else rng.choice([State.COMPLETED] * 19 + [State.FAILED])
    accuracy, loss = rng.betavariate(20, 2), rng.lognormvariate(-1, 0.5)
    results = {
        "validation/accuracy": {"last": accuracy - 0.01, "best": accuracy, "best_step": 900},
        "validation/loss": {"last": loss + 0.01, "best": loss, "best_step": 900},
        "train/accuracy": {"last": accuracy, "best": accuracy, "best_step": 950},
        "test/accuracy": accuracy - 0.005,
        "duration_s": rng.uniform(10, 1000),
    }
    words = ["quiet", "loud", "first", "second", "sweep", "of", "the", "learning", "rate", "with", "deeper", "layers"]
    trial = Trial(number=1, seed=number, state=state.value, attempt=1, results=results)
    return Experiment(
        title=f"{' '.join(rng.sample(words, 4)).capitalize()} {number}",
        description=" ".join(rng.choices(words, k=30)),
        spec=spec,
        trials=[trial],
    )


@contextlib.contextmanager
def being_written(url: str) -> Iterator[None]:
    """A process of its own that does to the database what workers do."""
    enough = multiprocessing.get_context("spawn").Event()
    writer = multiprocessing.get_context("spawn").Process(target=write, args=(url, enough), daemon=True)
    writer.start()
    try:
        yield
    finally:
        enough.set()
        writer.join(30)


def write(url: str, enough: Event) -> None:
    """Each second: of each running trial a second's points, its progress, and new results."""
    sessions, step = open_sessions(url), 0
    with sessions() as session:
        running = session.query(Trial.id).filter(Trial.state == State.RUNNING.value).all()
    while not enough.is_set():
        begun = time.monotonic()
        for (trial_id,) in running:
            with sessions() as session:
                curves.append(session, trial_id, 1, [points("train/loss", step + 1, 100)])
                session.commit()
                loss = 1 / (1 + step + trial_id / 100)
                results: dict[str, Any] = {"validation/loss": {"last": loss, "best": loss, "best_step": step}}
                leases.renew(session, trial_id, 1, 60, step=step + 100, results=results)
        step += 100
        enough.wait(max(0.0, 1 - (time.monotonic() - begun)))
