"""Bringing an instance up, keeping it up, and taking it down."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

import click
import psutil
from sqlalchemy.exc import SQLAlchemyError

from webapp.settings import ROOT, Settings
from webapp.store.storage import StorageAway, storage_of
from webapp.supervisor.commands import redis_command, socket_folder, web_command, worker_command
from webapp.supervisor.process import Child, end_session

START_S = 60.0
WORKER_PATIENCE_S = 15.0


class CannotStart(Exception):
    """Why the instance cannot be brought up, for people."""


def up(settings: Settings) -> None:
    """Run the instance until SIGINT, SIGTERM or SIGHUP. Raises CannotStart."""
    with only_one(settings):
        end_leftovers(settings.var)
        check_port(settings)
        check_storage(settings)
        Instance(settings).run()


class Instance:
    """The processes of an instance."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ending = False
        self.redis_socket = socket_folder(settings) / "redis.sock"
        self.environment = child_environment(settings, self.redis_socket)
        self.children: list[Child] = []
        if not settings.redis_url:
            self.redis_socket.unlink(missing_ok=True)
            self.children.append(self.child("redis", redis_command(settings, self.redis_socket)))
        self.worker = self.child("worker", worker_command(settings))
        self.web = self.child("web", web_command(settings))

    def child(self, name: str, command: list[str]) -> Child:
        """A process of this instance."""
        return Child(name, command, self.environment, self.settings.var / "logs" / f"{name}.log", ROOT)

    def run(self) -> None:
        """Start, watch, stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, self.end)
        try:
            self.start()
            while not self.ending:
                self.watch()
                time.sleep(0.25)
        finally:
            self.stop()

    def end(self, _number: int, _frame: FrameType | None) -> None:
        """A signal: come to an end."""
        self.ending = True

    def start(self) -> None:
        """Redis first, as it is there in no time; then the worker, whose imports take longest; the web once the database is ready."""
        for child in self.children:
            child.start()
        write_pids(self.settings.var, self.children)
        migrate(self.settings)
        for child in (self.worker, self.web):
            child.start()
            self.children.append(child)
        write_pids(self.settings.var, self.children)
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        """Until the address answers. Raises CannotStart with what the log says."""
        address = f"http://{self.settings.host}:{self.settings.port}"
        deadline = time.monotonic() + START_S
        while not self.ending and time.monotonic() < deadline:
            if not self.web.alive:
                raise CannotStart(f"The web server did not start:\n{last_lines(self.web.log)}")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310  # nosec B310
                click.echo(
                    f"\n  Descent is up at {address}\n  Data in {self.settings.var}. Ctrl-C stops everything; nothing is lost.\n"
                )
                return
            time.sleep(0.05)
        if not self.ending:
            raise CannotStart(f"The web server did not answer within {START_S:.0f} s:\n{last_lines(self.web.log)}")

    def watch(self) -> None:
        """Start again what died, and let no log fill the disk."""
        for child in self.children:
            child.bound_log()
            if child.restart_when_due():
                click.echo(f"{child.name} ended and was started again; see {child.log}", err=True)
                write_pids(self.settings.var, self.children)

    def stop(self) -> None:
        """The web first, then the worker, which hands its trials back, then Redis, which saves."""
        click.echo("Stopping …", err=True)
        self.web.stop(5)
        self.worker.stop(WORKER_PATIENCE_S)
        for child in self.children:
            child.stop(10)
        (self.settings.var / "run.json").unlink(missing_ok=True)
        self.redis_socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.redis_socket.parent.rmdir()


def child_environment(settings: Settings, redis_socket: Path) -> dict[str, str]:
    """What the children are told."""
    environment = {
        **os.environ,
        "DESCENT_VAR": str(settings.var),
        "DESCENT_HOST": settings.host,
        "DESCENT_PORT": str(settings.port),
    }
    environment.setdefault("REDIS_URL", f"unix://{redis_socket}")
    if not environment["REDIS_URL"]:
        environment["REDIS_URL"] = f"unix://{redis_socket}"
    environment.update(PYTHONUNBUFFERED="1", OMP_NUM_THREADS="1")
    return environment


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[IO[str]]:
    """Hold the data folder's lock; the system gives it back even when we are killed. Raises CannotStart."""
    with (settings.var / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(
                f"Descent is up already on {settings.var}: {file.read().strip() or 'starting'}."
            ) from None
        file.truncate(0)
        file.write(f"http://{settings.host}:{settings.port}, process {os.getpid()}")
        file.flush()
        yield file


def write_pids(var: Path, children: list[Child]) -> None:
    """Remember our children, for a successor should we be killed."""
    facts = []
    for child in children:
        if child.process is not None and child.alive:
            with contextlib.suppress(psutil.Error):
                facts.append({"pid": child.process.pid, "created": psutil.Process(child.process.pid).create_time()})
    temporary = var / "run.json.tmp"
    temporary.write_text(json.dumps(facts))
    temporary.replace(var / "run.json")


def end_leftovers(var: Path) -> None:
    """End the children of a predecessor that was killed; only processes that are truly those."""
    try:
        facts: list[dict[str, Any]] = json.loads((var / "run.json").read_text())
    except (OSError, ValueError):
        return
    left = []
    for fact in facts:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(fact["pid"])
            if abs(process.create_time() - fact["created"]) < 0.01:
                left.append(process)
                process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=10)
    for process in stubborn:
        end_session(process.pid)


def check_port(settings: Settings) -> None:
    """Raises CannotStart when somebody else has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStart(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}). Set DESCENT_PORT to another port."
            ) from error


def check_storage(settings: Settings) -> None:
    """Raises CannotStart when artifacts could not be kept."""
    try:
        storage_of(settings).check()
    except StorageAway as error:
        raise CannotStart(f"{error} DESCENT_ARTIFACTS says where artifacts are kept.") from error


def migrate(settings: Settings, revision: str = "head") -> None:
    """Bring the database to the newest form, or to that of a revision. Raises CannotStart."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = settings.database
    try:
        command.upgrade(config, revision)
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise CannotStart(f"The database cannot be used; DATABASE_URL says where it is. {reason}") from error


def last_lines(log: Path) -> str:
    """The end of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    except OSError:
        return ""
