"""What a load runs on: a real Redis, SQLite, and the real web server as ``flask up`` starts it."""

import contextlib
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.making import running_trial
from tests.services import free_port, running_redis, wait_for
from webapp.auth.service import create_user
from webapp.models import ApiToken, Role, Trial, db
from webapp.settings import ROOT, Settings
from webapp.store.database import open_sessions
from webapp.supervisor.commands import web_command

LEASE_S = 600
WATCHER = "watcher"
PASSWORD = "correct horse battery"


@dataclass
class Scene:
    """An instance with trials that run, and somebody who may watch them."""

    settings: Settings
    trials: list[int]
    token: str
    web: psutil.Process

    @property
    def url(self) -> str:
        """Where the web answers."""
        return f"http://127.0.0.1:{self.settings.port}"

    def warm(self) -> None:
        """What is loaded or made at the first request is there."""
        for path in ("snapshot", "events"):
            address = f"{self.url}/live/{path}?trials={self.trials[0]}"
            request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token}"})
            with urllib.request.urlopen(request, timeout=20) as found:
                found.readline()

    def memory_kib(self) -> float:
        """What the web process holds: its own pages, and its share of those that it has with others."""
        return float(self.web.memory_full_info().pss) / 1024

    def cpu_s(self) -> float:
        """Processor time of the web process."""
        spent = self.web.cpu_times()
        return float(spent.user + spent.system)


@contextlib.contextmanager
def scene(folder: Path, trials: int) -> Iterator[Scene]:
    """So many running trials, Redis and the web; ends all of it."""
    with running_redis() as redis_url:
        settings = Settings(
            DESCENT_VAR=folder / "var",
            DESCENT_PORT=free_port(),
            REDIS_URL=redis_url,
            DESCENT_SECRET_KEY="a secret for loads",
            DESCENT_LEASE_S=LEASE_S,
        )
        settings.make_folder()
        sessions = open_sessions(settings.database)
        db.metadata.create_all(sessions.kw["bind"])
        made = [running_trial(sessions) for _ in range(trials)]
        with sessions() as session:
            watcher = create_user(session, WATCHER, f"{WATCHER}@example.com", PASSWORD, Role.MEMBER)
            row, token = ApiToken.issue(watcher)
            session.add(row)
            session.commit()
            assert session.query(Trial).count() == trials
        with running_web(settings) as web:
            yield Scene(settings, made, token, web)
        sessions.kw["bind"].dispose()


@contextlib.contextmanager
def running_web(settings: Settings) -> Iterator[psutil.Process]:
    """The web server's one process."""
    environment = {
        **os.environ,
        "DESCENT_VAR": str(settings.var),
        "DESCENT_PORT": str(settings.port),
        "DESCENT_SECRET_KEY": str(settings.secret_key),
        "REDIS_URL": str(settings.redis_url),
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("DATABASE_URL", None)
    master = subprocess.Popen(web_command(settings), cwd=ROOT, env=environment)
    try:
        wait_for(lambda: answer(settings), (OSError,))
        [web] = psutil.Process(master.pid).children()
        yield web
    finally:
        master.terminate()
        master.wait(20)


def answer(settings: Settings) -> None:
    """Raises OSError while the web server does not answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{settings.port}/healthz", timeout=2):
        pass
