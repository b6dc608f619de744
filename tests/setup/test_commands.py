"""The ``flask`` commands, on a database of their own."""

import subprocess
import time
from pathlib import Path

import pytest
import redis

from tests.stack import Stack
from webapp.store import workers
from webapp.store.workers import Worker

PASSWORD = "a long password\n"


@pytest.fixture
def instance(tmp_path: Path) -> Stack:
    """An instance that is not up; its database is made."""
    made = Stack(tmp_path / "var")
    assert made.command("db", "upgrade").returncode == 0
    return made


def add(
    instance: Stack, name: str, *more: str, email: str = "", password: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    return instance.command(
        "user", "add", name, "--email", email or f"{name}@example.com", "--password-stdin", *more, text=password
    )


def test_accounts_are_added_and_listed(instance: Stack) -> None:
    assert add(instance, "ada").stdout.strip() == "ada is an administrator."  # the first of an empty instance
    assert add(instance, "grace").stdout.strip() == "grace is a member."
    assert add(instance, "root", "--admin").stdout.strip() == "root is an administrator."
    listed = [line.split("\t")[:3] for line in instance.command("user", "list").stdout.splitlines()]
    assert listed == [
        ["ada", "ada@example.com", "administrator"],
        ["grace", "grace@example.com", "member"],
        ["root", "root@example.com", "administrator"],
    ]


def test_an_administrator_sets_how_many_trials_of_somebody_run_at_once(instance: Stack) -> None:
    add(instance, "ada")
    assert "2 may run" in instance.command("user", "limit", "ada", "2").stdout
    assert "must be 0 to 10,000" in instance.command("user", "limit", "ada", "many").stderr
    assert "16 may run" in instance.command("user", "limit", "ada", "default").stdout


def test_a_mistake_is_a_sentence_and_exit_1(instance: Stack) -> None:
    for answer, words in (
        (add(instance, "x"), "3 to 40"),
        (add(instance, "ada", email="nowhere"), "not an e-mail address"),
        (add(instance, "ada", password="short\n"), "8 to 200"),
        (instance.command("token", "add", "nobody"), "no account nobody"),
        (instance.command("worker"), "REDIS_URL"),
        (instance.command("worker", "--queues", "cpu,Big Memory"), "“Big Memory” cannot be one"),
        (instance.command("workers", "drain", "nobody"), "Redis does not answer"),
    ):
        assert answer.returncode == 1
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr


def test_a_token_is_all_that_is_printed(instance: Stack) -> None:
    add(instance, "ada")
    (line,) = instance.command("token", "add", "ada", "--label", "laptop").stdout.splitlines()
    assert line.startswith("descent_")


def test_the_demo_makes_three_finished_experiments_by_training_them(instance: Stack) -> None:
    answer = instance.command("demo")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("completed") == 2
    assert "failed: The loss became" in answer.stdout
    assert (
        add(instance, "ada").stdout.strip() == "ada is an administrator."
    )  # the demo's owner took nothing from the first


def say_for_long(client: redis.Redis, worker: Worker) -> None:
    """A sign of life that outlasts some commands, each of which takes a second or more to begin."""
    workers.sign_of_life(client, worker)
    client.zadd(workers.WORKERS_KEY, {worker.name: time.time() + 600})


def test_workers_are_listed_drained_and_taken_back_by_name(
    instance: Stack, redis_url: str, client_of_redis: redis.Redis
) -> None:
    instance.environment["REDIS_URL"] = redis_url
    say_for_long(client_of_redis, Worker("host:1:7", ("cpu", "big-memory"), busy=2))
    assert instance.command("workers", "list").stdout == "host:1:7\tcpu,big-memory\t2 running\n"
    unknown = instance.command("workers", "drain", "nobody")
    assert (unknown.returncode, unknown.stderr) == (1, "There is no worker nobody. There are: host:1:7.\n")
    say_for_long(client_of_redis, Worker("host:1:7", is_drained=True))  # as it says once it has obeyed
    assert "It can be stopped." in instance.command("workers", "drain", "host:1:7").stdout
    assert workers.must_drain(client_of_redis, "host:1:7")
    assert instance.command("workers", "take-again", "host:1:7").returncode == 0
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
def test_every_command_has_help(instance: Stack, words: tuple[str, ...]) -> None:
    answer = instance.command(*words, "--help")
    assert answer.returncode == 0
    assert len(answer.stdout.splitlines()) > 4


def test_a_backup_is_restored_by_another_instance(instance: Stack, tmp_path: Path) -> None:
    add(instance, "ada")
    file = str(tmp_path / "b.tar.gz")
    taken = instance.command("backup", file)
    assert "1 users, 0 experiments" in taken.stdout, taken.stderr
    other = Stack(tmp_path / "other")
    assert "Restored 1 users" in other.command("restore", file).stdout
    assert other.command("user", "list").stdout.startswith("ada\tada@example.com\tadministrator")
