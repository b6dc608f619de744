"""gunicorn's hooks: a web process never outlives its parent, which would keep the port, and is warm when it begins to answer.

Its processes share a folder of counts, of which whoever is asked for metrics adds up all.
"""

import ctypes
import logging
import os
import shutil
import signal
import sys
import tempfile
from typing import Any

PR_SET_PDEATHSIG = 1
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # read when prometheus_client is imported, so it is set before anything else is
os.environ[COUNTS] = tempfile.mkdtemp(prefix="descent-counts-")


def on_starting(server: Any) -> None:
    """In the parent: log as the workers do."""
    from webapp import logs
    from webapp.settings import Settings

    logs.configure(Settings.from_environment())
    server.log.error_log.handlers.clear()
    server.log.error_log.propagate = True
    server.log.error_log.setLevel(logging.WARNING)


def child_exit(_server: Any, worker: Any) -> None:
    """What a process that is gone held at the moment counts no more."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """Take away the counts."""
    shutil.rmtree(os.environ[COUNTS], ignore_errors=True)


def post_fork(server: Any, _worker: Any) -> None:
    """In the web process, right after the fork."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server.pid:
            os._exit(1)


def post_worker_init(worker: Any) -> None:
    """Compile the templates and connect to the broker, so that the first visitor does not wait for that.

    Nobody's hash is made too: else the first login by an unknown name would take longer than others, and tell that it is unknown.
    """
    from webapp.auth.passwords import nobodys_hash
    from webapp.queue import prepare_to_send

    nobodys_hash()
    prepare_to_send(worker.wsgi.config["SETTINGS"].redis_url)
    templates = worker.wsgi.jinja_env
    for name in templates.list_templates(extensions=["html"]):
        templates.get_template(name)
