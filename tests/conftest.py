"""What tests share: real services, an application on a database of its own, people who are logged in."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import redis
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from tests.services import postgres_binary, running_postgres, running_redis, running_s3, use_data_beside
from tests.thrift import empty_tables, make_tables, share_rules, share_templates
from webapp.app import create_app
from webapp.auth import passwords
from webapp.auth.service import create_user
from webapp.models import ApiToken, Experiment, Role, Trial, User, db
from webapp.settings import Settings
from webapp.store.database import open_sessions

LONGEST_FIRST = (
    "faults/test_chaos",
    "e2e/test_accessible",
    "setup/test_up",
    "tests/worker/",
    "tests/faults/",
    "tests/hosts/",
    "tests/e2e/",
)
ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"
DIGITS = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 2}


def pytest_configure() -> None:
    """Real data sets: DESCENT_DATA, else a folder shared/data beside the checkout. One thread, as workers train."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    share_rules()
    use_data_beside()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that processes that share the tests end together."""
    items.sort(key=lambda item: next((n for n, part in enumerate(LONGEST_FIRST) if part in item.nodeid), 99))


def pytest_collection_finish() -> None:
    """What is loaded stays; to look through it for rubbish again and again would cost minutes."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """Hashing as slow as it is for people would be a third of what their tests cost."""
    passwords.hasher = PasswordHasher.from_parameters(CHEAPEST)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the whole run."""
    with running_redis() as url:
        yield url


@pytest.fixture
def client_of_redis(redis_url: str) -> Iterator[redis.Redis]:
    """Its client; emptied before each test."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for the whole run."""
    if not postgres_binary("initdb"):
        pytest.skip("no PostgreSQL server is installed here")
    with running_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database."""
    engine = create_engine(postgres_server.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_server


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket, to which the usual AWS variables lead."""
    pytest.importorskip("moto.server")
    with running_s3() as endpoint:
        facts = {"ENDPOINT_URL": endpoint, "ACCESS_KEY_ID": "somebody", "SECRET_ACCESS_KEY": "secret"}
        for name, value in {**facts, "DEFAULT_REGION": "us-east-1", "EC2_METADATA_DISABLED": "true"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        name = f"test-{os.urandom(4).hex()}"
        boto3.client("s3").create_bucket(Bucket=name)
        yield f"s3://{name}/descent"


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an empty SQLite database with all tables is, once there is one."""
    return tmp_path_factory.mktemp("tables") / "empty.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def sessions(request: pytest.FixtureRequest, tmp_path: Path, tables: Path) -> Iterator[sessionmaker[Session]]:
    """Sessions on an empty database with all tables, of either kind."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_server").replace("postgresql://", "postgresql+psycopg://")
        maker = open_sessions(url)
        empty_tables(maker.kw["bind"])
    else:
        maker = open_sessions(f"sqlite:///{tmp_path}/test.sqlite3")
        make_tables(maker.kw["bind"].url, tables)
    yield maker
    maker.kw["bind"].dispose()


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """An instance of its own."""
    return Settings(DESCENT_VAR=tmp_path / "var", REDIS_URL=redis_url, DESCENT_SECRET_KEY="a secret for tests")


@pytest.fixture
def app(settings: Settings, client_of_redis: redis.Redis, tables: Path) -> Iterator[Flask]:
    """The application, its tables made."""
    made = share_templates(create_app(settings, WTF_CSRF_ENABLED=False))
    make_tables(settings.database, tables)
    yield made
    with made.app_context():
        db.engine.dispose()


class Store(Session):
    """The database as it is now: every look forgets what was seen before."""

    def get_one(self, *args: Any, **rest: Any) -> Any:
        self.rollback()
        return super().get_one(*args, **rest)

    def get(self, *args: Any, **rest: Any) -> Any:
        self.rollback()
        return super().get(*args, **rest)

    def scalars(self, *args: Any, **rest: Any) -> Any:
        self.rollback()
        return super().scalars(*args, **rest)


@pytest.fixture
def store(app: Flask, settings: Settings) -> Iterator[Store]:
    """A look into the application's database, from outside of it."""
    with Store(create_engine(settings.database)) as session:
        yield session


class Person:
    """Somebody with an account: a browser that is logged in, and a token."""

    def __init__(self, app: Flask, store: Store, username: str, role: Role) -> None:
        self.app, self.store, self.username = app, store, username
        with app.app_context():
            user = create_user(db.session(), username, f"{username}@example.com", PASSWORD, role)
            token, self.token = ApiToken.issue(user)
            db.session.add(token)
            db.session.commit()
            self.id = user.id
        self.browser: FlaskClient = app.test_client()
        answer = self.browser.post("/login", data={"login": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.text

    def api(self, method: str, path: str, **rest: Any) -> Any:
        """A request to the API with the token, by a client without cookies."""
        headers = {"Authorization": f"Bearer {self.token}", **rest.pop("headers", {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **rest)

    @property
    def user(self) -> User:
        """The row."""
        found: User = self.store.get_one(User, self.id)
        return found


@pytest.fixture
def person(app: Flask, store: Store) -> Callable[..., Person]:
    """Makes people."""

    def make(username: str, role: Role = Role.MEMBER) -> Person:
        return Person(app, store, username, role)

    return make


@pytest.fixture
def ada(person: Callable[..., Person]) -> Person:
    """A member."""
    return person("ada")


@pytest.fixture
def grace(person: Callable[..., Person]) -> Person:
    """Another member."""
    return person("grace")


@pytest.fixture
def root(person: Callable[..., Person]) -> Person:
    """An administrator."""
    return person("root", Role.ADMINISTRATOR)


@pytest.fixture
def submit(store: Store) -> Callable[..., Experiment]:
    """Submits an experiment for a person through the API."""

    def make(
        owner: Person, title: str = "An experiment", spec: dict[str, Any] | None = None, **rest: Any
    ) -> Experiment:
        answer = owner.api("POST", "/experiments", json={"title": title, "spec": spec or DIGITS, **rest})
        assert answer.status_code == 201, answer.text
        found: Experiment = store.get_one(Experiment, answer.json["id"])
        return found

    return make


@pytest.fixture
def running_trial(sessions: sessionmaker[Session]) -> int:
    """The id of a trial that attempt 1 runs."""
    return make_trial(sessions, state="running", attempt=1)


def make_trial(sessions: sessionmaker[Session], **columns: Any) -> int:
    """A trial of a new experiment, with these columns."""
    with sessions() as session:
        name = f"owner{os.urandom(4).hex()}"
        owner = User(username=name, email=f"{name}@example.com")
        experiment = Experiment(owner=owner, title="An experiment", spec=full_spec())
        trial = Trial(number=1, seed=0, **columns)
        experiment.trials = [trial]
        session.add(experiment)
        session.commit()
        return trial.id


def full_spec(**changes: Any) -> dict[str, Any]:
    """The small spec as it is kept."""
    from dlcore.spec import Spec

    return Spec.model_validate({**DIGITS, **changes}).model_dump(mode="json")


def needs_data(*names: str) -> None:
    """Skip where a real data set is not to be had."""
    folder = Path(os.environ.get("DESCENT_DATA", "/nowhere"))
    missing = [name for name in names if not (folder / name).is_dir()]
    if missing:
        pytest.skip(f"the data set {', '.join(missing)} is not in the folder that DESCENT_DATA names")


def csrf_of(page: str) -> str:
    """The CSRF token in a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]
