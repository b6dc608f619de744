"""``flask up``: starting, stopping, being killed, and starting again with everything as it was."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services import free_port
from tests.stack import Stack
from webapp.auth.service import create_user
from webapp.models import ApiToken, Role
from webapp.store.database import open_sessions

SPEC = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 2}
LONG = {"data": {"kind": "digits"}, "network": {"kind": "mlp", "hidden": [64]}, "epochs": 3000}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An instance that is up, for all tests that leave it so."""
    made = Stack(tmp_path_factory.mktemp("up") / "var").start()
    yield made
    made.stop()
    assert made.left() == []


def token_of(stack: Stack) -> str:
    """A token of a new administrator."""
    name = f"chief{os.urandom(4).hex()}"
    with open_sessions(f"sqlite:///{stack.var / 'descent.sqlite3'}")() as session:
        user = create_user(session, name, f"{name}@example.com", "a long password", Role.ADMINISTRATOR)
        token, secret = ApiToken.issue(user)
        session.add(token)
        session.commit()
    return secret


def call(stack: Stack, token: str, path: str, body: Any = None) -> Any:
    """A request to the API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{stack.url}/api/v1{path}", data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def wait_for_state(stack: Stack, token: str, trial: int, *states: str, timeout_s: float = 60) -> Any:
    """The trial, once it is in one of ``states``."""
    deadline = time.monotonic() + timeout_s
    while (found := call(stack, token, f"/trials/{trial}"))["state"] not in states:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_it_trains_what_is_submitted(stack: Stack) -> None:
    token = token_of(stack)
    trial = call(stack, token, "/experiments", {"title": "x", "spec": SPEC})["trials"][0]["id"]
    assert wait_for_state(stack, token, trial, "completed")["results"]["test/accuracy"] > 0.5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child_as_ctrl_c_does(tmp_path: Path, number: signal.Signals) -> None:
    stack = Stack(tmp_path / "var").start()
    assert len(stack.family()) >= 4
    stack.stop(number)
    assert stack.process is not None
    assert stack.process.returncode == 0
    assert stack.left(1) == []


def test_stopping_and_starting_again_goes_on_with_what_was_training(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "var").start()
    token = token_of(stack)
    trial = call(stack, token, "/experiments", {"title": "long", "spec": LONG})["trials"][0]["id"]
    wait_for_state(stack, token, trial, "running")
    time.sleep(2)
    stack.stop(signal.SIGINT)
    assert stack.process is not None
    assert stack.process.returncode == 0
    assert stack.left(1) == []
    stack.start()
    try:
        found = wait_for_state(stack, token, trial, "running")
        assert found["attempt"] == 2
        assert found["step"] > 100  # from the checkpoint, not from the beginning
        curve = call(stack, token, f"/trials/{trial}/curves?keys=train/loss&points=100000")["train/loss"]
        assert curve["step"] == list(range(1, len(curve["step"]) + 1))
        call(stack, token, f"/trials/{trial}/actions", {"action": "stop"})
        wait_for_state(stack, token, trial, "cancelled")
    finally:
        stack.stop()


def test_a_killed_parent_leaves_no_orphan_and_starting_again_finds_everything(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "var").start()
    token = token_of(stack)
    experiment = call(stack, token, "/experiments", {"title": "kept", "spec": SPEC})
    wait_for_state(stack, token, experiment["trials"][0]["id"], "completed")
    stack.kill()
    assert stack.left() == []
    stack.start()
    try:
        assert call(stack, token, f"/experiments/{experiment['id']}")["title"] == "kept"
        again = call(stack, token, "/experiments", {"title": "new", "spec": SPEC})["trials"][0]["id"]
        wait_for_state(stack, token, again, "completed")
    finally:
        stack.stop()


@pytest.mark.parametrize("words", ["gunicorn", "celery", "redis-server"])
def test_a_child_that_dies_is_started_again(stack: Stack, words: str) -> None:
    token = token_of(stack)
    stack.kill_child(words)
    trial = call(stack, token, "/experiments", {"title": "x", "spec": SPEC})["trials"][0]["id"]
    wait_for_state(stack, token, trial, "completed")


def test_two_instances_run_side_by_side(stack: Stack, tmp_path: Path) -> None:
    other = Stack(
        tmp_path
        / "a folder whose name is much longer than a socket's path may ever be, as some people have them"
        / "var"
    ).start()
    try:
        tokens = {one: token_of(one) for one in (stack, other)}
        for one, token in tokens.items():
            trial = call(one, token, "/experiments", {"title": str(one.port), "spec": SPEC})["trials"][0]["id"]
            wait_for_state(one, token, trial, "completed")
        assert str(other.port) not in [e["title"] for e in call(stack, tokens[stack], "/experiments")["experiments"]]
        assert [e["title"] for e in call(other, tokens[other], "/experiments")["experiments"]] == [str(other.port)]
    finally:
        other.stop()
    assert other.left(1) == []
    assert stack.answers()


def test_a_second_one_on_the_same_folder_says_who_is_up(stack: Stack) -> None:
    answer = Stack(stack.var, free_port()).command("up")
    assert answer.returncode == 1
    assert stack.url in answer.stderr


def test_a_bucket_that_is_not_to_be_had_is_told(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    answer = Stack(tmp_path / "var", DESCENT_ARTIFACTS="s3://nowhere", **keys).command("up")
    assert answer.returncode == 1
    assert "s3://nowhere cannot be reached" in answer.stderr
    assert "DESCENT_ARTIFACTS" in answer.stderr


def test_a_port_that_is_taken_is_told(stack: Stack, tmp_path: Path) -> None:
    answer = Stack(tmp_path / "other", stack.port).command("up")
    assert answer.returncode == 1
    assert "DESCENT_PORT" in answer.stderr
