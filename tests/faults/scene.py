"""An instance whose processes are started one by one, so that each can be killed, frozen and started again."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
import redis

from tests.services import free_port, postgres_binary, wait_for
from webapp.models import db
from webapp.settings import ROOT, Settings
from webapp.store.database import open_sessions
from webapp.supervisor.commands import redis_command, web_command, worker_command
from webapp.supervisor.process import follow

LEASE_S = 3
CHILDREN = 3


class Scene:
    """Redis, PostgreSQL where wanted, a worker with three children, and the web."""

    def __init__(
        self, folder: Path, *, postgres: bool, worker_app: str = "tests.faults.often", web: bool = True
    ) -> None:
        self.folder = folder
        self.postgres = folder / "postgres" if postgres else None
        self.socket = folder / "r.sock"
        self.port = free_port()
        self.settings = Settings(
            DESCENT_VAR=folder / "var",
            DESCENT_PORT=self.port,
            REDIS_URL=f"unix://{self.socket}",
            DATABASE_URL=f"postgresql://descent@127.0.0.1:{free_port()}/postgres" if postgres else None,
            DESCENT_WORKER_PROCESSES=CHILDREN,
            DESCENT_LEASE_S=LEASE_S,
        )
        self.commands = {"redis": redis_command(self.settings, self.socket)}
        if postgres:
            self.commands["database"] = self.postgres_command()
        command = worker_command(self.settings)
        command[command.index("worker.app")] = worker_app
        self.commands["worker"] = command
        if web:
            self.commands["web"] = web_command(self.settings)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.away_until: dict[str, float] = {}

    def __enter__(self) -> "Scene":
        self.settings.make_folder()
        for name in ("redis", "database"):
            if name in self.commands:
                self.start(name)
        self.wait_for_stores()
        self.sessions = open_sessions(self.settings.database)
        db.metadata.create_all(self.sessions.kw["bind"])
        return self

    def __exit__(self, *_: object) -> None:
        self.sessions.kw["bind"].dispose()
        for name in ("web", "worker", "redis", "database"):
            if name in self.processes:
                self.kill(name)

    def postgres_command(self) -> list[str]:
        """Make an empty database, and say how its server is started. It refuses to run as root."""
        assert self.postgres
        self.postgres.mkdir(parents=True)
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.postgres, self.user)
            self.folder.chmod(0o711)
        initdb, server = postgres_binary("initdb"), postgres_binary("postgres")
        assert initdb
        assert server
        make = [initdb, "-D", str(self.postgres / "data"), "-U", "descent", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(make, check=True, user=self.user, cwd="/", env=self.plain, stdout=subprocess.DEVNULL)
        port = str(psycopg.conninfo.conninfo_to_dict(self.settings.database_url or "")["port"])
        options = ["-h", "127.0.0.1", "-p", port, "-k", str(self.postgres), "-c", "fsync=off"]
        return [server, "-D", str(self.postgres / "data"), *options]

    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def start(self, name: str) -> None:
        """Start one of them."""
        environment = {
            **os.environ,
            "DESCENT_VAR": str(self.settings.var),
            "DESCENT_PORT": str(self.port),
            "REDIS_URL": str(self.settings.redis_url),
            "DATABASE_URL": self.settings.database_url or "",
            "DESCENT_WORKER_PROCESSES": str(CHILDREN),
            "DESCENT_LEASE_S": str(LEASE_S),
            "OMP_NUM_THREADS": "1",
        }
        server = name == "database"
        parent = os.getpid()
        with (self.folder / f"{name}.log").open("ab") as output:
            self.processes[name] = subprocess.Popen(
                self.commands[name],
                cwd="/" if server else ROOT,
                env=self.plain if server else environment,
                user=self.user if server else None,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=None if server else lambda: follow(parent),
            )

    def kill(self, name: str, away_s: float = 0.0) -> None:
        """SIGKILL to one of them, which is not started again for so long; those that it started end by themselves."""
        process = self.processes[name]
        process.kill()
        process.wait(10)
        self.away_until[name] = time.monotonic() + away_s

    def start_again_what_died(self) -> None:
        """As a supervisor does. Redis and PostgreSQL refuse until what they left is gone, and are tried again."""
        for name, process in self.processes.items():
            if process.poll() is not None and time.monotonic() >= self.away_until.get(name, 0.0):
                if name == "redis":
                    self.socket.unlink(missing_ok=True)
                self.start(name)

    def wait_for_stores(self) -> None:
        """Until Redis and the database answer."""
        wait_for(lambda: redis.Redis(unix_socket_path=str(self.socket)).ping(), (redis.RedisError,))
        if self.postgres:
            url = self.settings.database_url or ""
            wait_for(lambda: psycopg.connect(url).close(), (psycopg.OperationalError,))

    def worker_family(self) -> tuple[psutil.Process | None, list[psutil.Process]]:
        """(the keeper, the children that train) of the worker that runs now."""
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(self.processes["worker"].pid).children()
            return (found[0] if found else None), found[1:]  # the keeper is forked first
        return None, []

    def log(self, name: str) -> str:
        """What one of them said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")
