"""What a load runs on: a real Redis, SQLite, and the real web server as ``flask up`` starts it."""

import contextlib
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.making import running_trial
from tests.services import free_port, running_redis, wait_for
from webapp.auth.service import create_user
from webapp.models import ApiToken, Role, db
from webapp.settings import ROOT, Settings
from webapp.store.database import open_sessions
from webapp.supervisor.commands import web_command

LEASE_S = 600
WATCHER = "watcher"
PASSWORD = "correct horse battery"


class Scene:
    """An instance with trials that run, and somebody who may watch them."""

    def __init__(self, settings: Settings, trials: list[int], token: str) -> None:
        self.settings = settings
        self.trials = trials
        self.token = token
        self.url = f"http://127.0.0.1:{settings.port}"

    def start_web(self) -> None:
        """The web server, as ``flask up`` starts it; returns when it answers."""
        environment = {
            **os.environ,
            "DESCENT_VAR": str(self.settings.var),
            "DESCENT_PORT": str(self.settings.port),
            "DESCENT_SECRET_KEY": str(self.settings.secret_key),
            "REDIS_URL": str(self.settings.redis_url),
            "OMP_NUM_THREADS": "1",
        }
        environment.pop("DATABASE_URL", None)
        self.server = subprocess.Popen(web_command(self.settings), cwd=ROOT, env=environment)
        wait_for(self.answer, (OSError,))
        [self.web] = psutil.Process(self.server.pid).children()

    def stop_web(self) -> None:
        """End it; streams that are open are cut."""
        self.server.terminate()
        self.server.wait(20)

    def answer(self) -> None:
        """Raises OSError while the web server does not answer."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10):
            pass

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
        made = Scene(settings, *rows(settings.database, trials))
        made.start_web()
        try:
            yield made
        finally:
            made.stop_web()


def rows(database: str, trials: int) -> tuple[list[int], str]:
    """The ids of running trials, and the token of somebody who may watch them."""
    sessions = open_sessions(database)
    db.metadata.create_all(sessions.kw["bind"])
    made = [running_trial(sessions) for _ in range(trials)]
    with sessions() as session:
        watcher = create_user(session, WATCHER, f"{WATCHER}@example.com", PASSWORD, Role.MEMBER)
        row, token = ApiToken.issue(watcher)
        session.add(row)
        session.commit()
    sessions.kw["bind"].dispose()
    return made, token
