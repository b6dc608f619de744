"""Real servers for tests: Redis, and PostgreSQL where it is installed. Each ends with whoever started it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis

from webapp.supervisor.commands import redis_binary

FLAGS = [  # of the browser that browser_binary finds
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextlib.contextmanager
def running_redis() -> Iterator[str]:
    """The URL of a Redis on a private socket."""
    with tempfile.TemporaryDirectory(prefix="dr") as folder:
        path = f"{folder}/r.sock"
        command = [redis_binary(), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: redis.Redis(unix_socket_path=path).ping(), (redis.RedisError,))
            yield f"unix://{path}"
        finally:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def running_s3(port: int = 0, address: str = "127.0.0.1") -> Iterator[str]:
    """The endpoint of a real S3 service (moto's); its buckets outlive it within this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(address, port, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def postgres_binary(name: str) -> str | None:
    """A PostgreSQL server's program, wherever Debian or the path has it."""
    installed = sorted(str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return installed[-1] if installed else shutil.which(name)


@contextlib.contextmanager
def running_postgres(address: str = "127.0.0.1") -> Iterator[str]:
    """The URL of a fresh PostgreSQL database; PostgreSQL refuses to run as root, so root hands it to the user postgres."""
    initdb, postgres = postgres_binary("initdb"), postgres_binary("postgres")
    assert initdb
    assert postgres
    user = "postgres" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="dp") as folder:
        if user:
            shutil.chown(folder, user)
        Path(folder).chmod(0o700)
        port = free_port()
        data = f"{folder}/data"
        plain = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        subprocess.run(
            [initdb, "-D", data, "-U", "descent", "-A", "trust", "-E", "UTF8"],
            check=True,
            user=user,
            env=plain,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        with (Path(data) / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
        command = [postgres, "-D", data, "-h", address, "-p", str(port), "-k", folder, "-c", "fsync=off"]
        process = subprocess.Popen(command, user=user, env=plain, cwd=folder, stderr=subprocess.DEVNULL)
        url = f"postgresql://descent@{address}:{port}/postgres"
        try:
            wait_for(lambda: psycopg.connect(url).close(), (psycopg.OperationalError,))
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def use_data_beside() -> None:
    """Real data sets are looked for in DESCENT_DATA, else in a folder shared/data beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    if "DESCENT_DATA" not in os.environ and beside.is_dir():
        os.environ["DESCENT_DATA"] = str(beside)


def browser_binary(*, as_people_have_it: bool = False) -> str | None:
    """The system's Chromium, best without its windows, which tests can do without; None has Playwright take its own."""
    names = ["chromium-headless-shell", "chromium", "chromium-browser"]
    names.sort(key=lambda name: as_people_have_it and "headless" in name)
    return next(filter(None, map(shutil.which, names)), None)


def wait_for(try_it: object, expected: tuple[type[Exception], ...], timeout_s: float = 60) -> None:
    """Until it goes through."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            try_it()  # type: ignore[operator]
            return
        except expected:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
