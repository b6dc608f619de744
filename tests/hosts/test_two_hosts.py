"""A web host and two worker hosts. One is cut off while it trains: the other goes on, and what the first writes late is refused."""

import contextlib
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from tests.hosts.network import Network, why_not
from tests.services import postgres_binary, running_postgres, running_s3
from tests.waiting import wait_until
from tests.worker.curves_of import LONG
from webapp.auth.service import create_user
from webapp.models import ApiToken, Artifact, LogLine, Trial
from webapp.settings import ROOT, Settings
from webapp.store import curves
from webapp.supervisor.commands import redis_binary, web_command, worker_command
from webapp.supervisor.up import migrate

LEASE_S = 5


class Installation:
    """PostgreSQL, Redis, S3 and the web on one host, a worker on each of two."""

    def __init__(self, network: Network, folder: Path, services: contextlib.ExitStack) -> None:
        self.hosts, self.folder = network.hosts, folder
        self.web = self.hosts["web"]
        address = self.web.address
        database = self.web.do(lambda: services.enter_context(running_postgres(address)))
        s3 = self.web.do(lambda: services.enter_context(running_s3(0, address)))
        redis = [redis_binary(), "--bind", address, "--port", "6379", "--protected-mode", "no", "--save", ""]
        self.web.start(redis, folder / "redis.log", cwd=folder)
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": f"redis://{address}:6379/0",
            "DESCENT_ARTIFACTS": "s3://descent",
            "DESCENT_HOST": address,
            "DESCENT_SECRET_KEY": "the same on every host",
            "DESCENT_LEASE_S": str(LEASE_S),
            "DESCENT_WORKER_PROCESSES": "1",
            "OMP_NUM_THREADS": "1",
            "AWS_ENDPOINT_URL": s3,
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def settings(self, name: str) -> Settings:
        """Those of a host."""
        known = {str(field.alias) for field in Settings.model_fields.values()}
        values = {key: value for key, value in self.environment.items() if key in known}
        return Settings.model_validate({**values, "DESCENT_VAR": self.folder / name})

    def start(self, name: str, command: list[str]) -> None:
        """A web server or worker on a host."""
        environment = {**self.environment, "DESCENT_VAR": str(self.folder / name)}
        self.hosts[name].start(command, self.folder / f"{name}.log", env=environment, cwd=ROOT)

    def log(self, name: str) -> str:
        """What a host has said."""
        return (self.folder / f"{name}.log").read_text()

    def answers(self) -> bool:
        """Whether the web is there."""
        with contextlib.suppress(OSError):
            address = f"http://{self.web.address}:8000/healthz"
            return bool(self.web.do(lambda: urllib.request.urlopen(address, timeout=2).read()))
        return False

    def ask(self, token: str, path: str, body: Any = None) -> Any:
        """A request to the API, made on the web host."""
        data = None if body is None else json.dumps(body).encode()
        address = f"http://{self.web.address}:8000/api/v1{path}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(address, data, headers)
        answer = self.web.do(lambda: urllib.request.urlopen(request, timeout=10).read())
        return json.loads(answer) if answer.startswith(b"{") else answer

    def look(self, question: Any) -> Any:
        """The answer of the database to a function of a session."""

        def asked() -> Any:
            with Session(create_engine(self.settings("web").database, poolclass=NullPool)) as session:
                return question(session)

        return self.web.do(asked)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """All of it, empty, the web up; where no hosts can be built the test is skipped, and says why."""
    if reason := why_not():
        pytest.skip(f"no hosts are built: {reason}")
    if not postgres_binary("initdb"):
        pytest.skip("no PostgreSQL server is installed here")
    network = Network("web", "first", "second")
    with contextlib.ExitStack() as services:
        services.callback(network.close)
        made = Installation(network, tmp_path, services)
        for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, made.environment[name])
        made.web.do(lambda: boto3.client("s3").create_bucket(Bucket="descent"))
        made.web.do(lambda: migrate(made.settings("web")))
        made.start("web", web_command(made.settings("web")))
        wait_until(made.answers, "the web to answer", 60, every_s=0.2)
        yield made


def token_of(installation: Installation) -> str:
    """A token of a new person."""

    def make(session: Session) -> str:
        row, text = ApiToken.issue(create_user(session, "ada", "ada@example.com", "a long password", None))
        session.add(row)
        session.commit()
        return text

    return str(installation.look(make))


def trial(installation: Installation) -> tuple[str, int, int]:
    """(state, attempt, step) of the trial."""
    return tuple(installation.look(lambda s: s.execute(select(Trial.state, Trial.attempt, Trial.step)).one()))


def has_checkpoint(session: Session) -> bool:
    return session.scalar(select(Artifact.id).where(Artifact.kind == "checkpoint")) is not None


def said_by_the_second_attempt(session: Session) -> list[str]:
    return list(session.scalars(select(LogLine.message).where(LogLine.attempt == 2)))


def test_a_host_that_is_cut_off_is_fenced_and_another_goes_on(installation: Installation) -> None:
    token = token_of(installation)
    first = installation.hosts["first"]
    installation.start("first", worker_command(installation.settings("first")))
    number = installation.ask(token, "/experiments", {"title": "x", "spec": LONG | {"epochs": 100_000}})["trials"][0][
        "id"
    ]
    wait_until(lambda: installation.look(has_checkpoint), "the first checkpoint", 60, every_s=0.5)
    installation.start("second", worker_command(installation.settings("second")))

    first.cut_off()
    wait_until(lambda: trial(installation)[1] == 2, "the other host to take the trial", 60, every_s=0.5)
    first.join_again()
    wait_until(lambda: "giving it up" in installation.log("first"), "the late writes to be refused", 60, every_s=0.5)
    wait_until(lambda: installation.look(said_by_the_second_attempt), "the other host to go on", 60, every_s=0.5)
    (line,) = installation.look(said_by_the_second_attempt)
    assert line.startswith("Going on after step")
    resumed = int(line.split()[-1].rstrip(".").replace(",", ""))
    wait_until(lambda: trial(installation)[2] > resumed + 100, "some steps of the second attempt", 60, every_s=0.2)
    installation.ask(token, f"/trials/{number}/actions", {"action": "stop"})
    wait_until(lambda: trial(installation)[0] == "cancelled", "the trial to stop", 30, every_s=0.2)

    found = installation.look(lambda s: curves.read(s, number, ["train/loss"], points=10**6)["train/loss"])
    assert np.array_equal(found.steps, np.arange(1, len(found) + 1))
    assert len(found) > resumed
    shown = installation.ask(token, f"/trials/{number}/curves?keys=train/loss&points=100000")["train/loss"]["step"]
    assert shown == found.steps.tolist()
    kept = set(installation.look(lambda s: s.scalars(select(Artifact.path)).all()))
    listed = installation.web.do(lambda: boto3.client("s3").list_objects_v2(Bucket="descent")["Contents"])
    assert {item["Key"] for item in listed} == kept
    assert b"\x89PNG" in installation.ask(token, f"/trials/{number}/export?format=tensorboard")
