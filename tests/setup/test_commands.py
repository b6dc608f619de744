"""The ``flask`` commands, on a database of their own."""

import time
from pathlib import Path

import pytest
import redis
from click.testing import Result
from sqlalchemy import select

from tests.stack import Stack
from webapp.app import create_app
from webapp.models import AuditEntry, db
from webapp.settings import Settings
from webapp.store import workers
from webapp.store.workers import Worker

PASSWORD = "a long password\n"


class Instance:
    """One that is not up, and its commands, run in this process."""

    def __init__(self, var: Path, redis_url: str | None = None) -> None:
        self.app = create_app(Settings(DESCENT_VAR=var, REDIS_URL=redis_url))
        assert self.command("db", "upgrade").exit_code == 0

    def command(self, *words: str, text: str = "") -> Result:
        """What ``flask`` with these words answers."""
        return self.app.test_cli_runner().invoke(args=words, input=text)

    def add(self, name: str, *more: str, email: str = "", password: str = PASSWORD) -> Result:
        """Another account."""
        email = email or f"{name}@example.com"
        return self.command("user", "add", name, "--email", email, "--password-stdin", *more, text=password)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance that is not up; its database is made."""
    return Instance(tmp_path / "var")


def test_a_command_is_a_program(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "var")
    words = ("user", "add", "ada", "--email", "ada@example.com", "--password-stdin")
    assert stack.command(*words, text=PASSWORD).stdout.strip() == "ada is an administrator."
    answer = stack.command("token", "add", "nobody")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "no account nobody" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_accounts_are_added_and_listed(instance: Instance) -> None:
    assert instance.add("ada").stdout.strip() == "ada is an administrator."  # the first of an empty instance
    assert instance.add("grace").stdout.strip() == "grace is a member."
    assert instance.add("root", "--admin").stdout.strip() == "root is an administrator."
    listed = [line.split("\t")[:3] for line in instance.command("user", "list").stdout.splitlines()]
    assert listed == [
        ["ada", "ada@example.com", "administrator"],
        ["grace", "grace@example.com", "member"],
        ["root", "root@example.com", "administrator"],
    ]


def test_an_administrator_sets_how_many_trials_of_somebody_run_at_once(instance: Instance) -> None:
    instance.add("ada")
    assert "2 may run" in instance.command("user", "limit", "ada", "2").stdout
    assert "must be 0 to 10,000" in instance.command("user", "limit", "ada", "many").stderr
    assert "16 may run" in instance.command("user", "limit", "ada", "default").stdout


def test_a_mistake_is_a_sentence_and_exit_1(instance: Instance) -> None:
    for answer, words in (
        (instance.add("x"), "3 to 40"),
        (instance.add("ada", email="nowhere"), "not an e-mail address"),
        (instance.add("ada", password="short\n"), "8 to 200"),
        (instance.command("token", "add", "nobody"), "no account nobody"),
        (instance.command("worker"), "REDIS_URL"),
        (instance.command("worker", "--queues", "cpu,Big Memory"), "“Big Memory” cannot be one"),
        (instance.command("workers", "drain", "nobody"), "Redis does not answer"),
    ):
        assert answer.exit_code == 1
        assert words in answer.stderr
        assert isinstance(answer.exception, SystemExit)


def test_a_token_is_all_that_is_printed(instance: Instance) -> None:
    instance.add("ada")
    (line,) = instance.command("token", "add", "ada", "--label", "laptop").stdout.splitlines()
    assert line.startswith("descent_")
    with instance.app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        entered = [(entry.action, entry.subject, entry.details["by"]) for entry in entries]
    assert entered == [(action, "ada", "command line") for action in ("account.made", "token.made")]


def test_the_demo_makes_three_finished_experiments_by_training_them(instance: Instance) -> None:
    answer = instance.command("demo")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.count("completed") == 2
    assert "failed: The loss became" in answer.stdout
    assert (
        instance.add("ada").stdout.strip() == "ada is an administrator."
    )  # the demo's owner took nothing from the first


def say_for_long(client: redis.Redis, worker: Worker) -> None:
    """A sign of life that outlasts some commands, each of which takes a second or more to begin."""
    workers.sign_of_life(client, worker)
    client.zadd(workers.WORKERS_KEY, {worker.name: time.time() + 600})


def test_workers_are_listed_drained_and_taken_back_by_name(
    tmp_path: Path, redis_url: str, client_of_redis: redis.Redis
) -> None:
    instance = Instance(tmp_path / "var", redis_url)
    say_for_long(client_of_redis, Worker("host:1:7", ("cpu", "big-memory"), busy=2))
    assert instance.command("workers", "list").stdout == "host:1:7\tcpu,big-memory\t2 running\n"
    unknown = instance.command("workers", "drain", "nobody")
    assert (unknown.exit_code, unknown.stderr) == (1, "There is no worker nobody. There are: host:1:7.\n")
    say_for_long(client_of_redis, Worker("host:1:7", is_drained=True))  # as it says once it has obeyed
    assert "It can be stopped." in instance.command("workers", "drain", "host:1:7").stdout
    assert workers.must_drain(client_of_redis, "host:1:7")
    assert instance.command("workers", "take-again", "host:1:7").exit_code == 0
    assert not workers.must_drain(client_of_redis, "host:1:7")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("up",),
        ("user", "add"),
        ("user", "list"),
        ("token", "add"),
        ("demo",),
        ("worker",),
        ("workers", "drain"),
        ("web",),
        ("backup",),
        ("restore",),
    ],
)
def test_every_command_has_help(instance: Instance, words: tuple[str, ...]) -> None:
    answer = instance.command(*words, "--help")
    assert answer.exit_code == 0
    assert len(answer.stdout.splitlines()) > 4


def test_a_backup_is_restored_by_another_instance(instance: Instance, tmp_path: Path) -> None:
    instance.add("ada")
    file = str(tmp_path / "b.tar.gz")
    taken = instance.command("backup", file)
    assert "1 users, 0 experiments" in taken.stdout, taken.stderr
    other = Instance(tmp_path / "other")
    assert "Restored 1 users" in other.command("restore", file).stdout
    assert other.command("user", "list").stdout.startswith("ada\tada@example.com\tadministrator")
