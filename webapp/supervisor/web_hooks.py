"""gunicorn's hooks: a web process never outlives its parent, which would keep the port, and is warm when it begins to answer."""

import ctypes
import os
import signal
import sys
from typing import Any

from webapp.queue import prepare_to_send

PR_SET_PDEATHSIG = 1


def post_fork(server: Any, _worker: Any) -> None:
    """In the web process, right after the fork."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server.pid:
            os._exit(1)


def post_worker_init(worker: Any) -> None:
    """Compile the templates and connect to the broker, so that the first visitor does not wait for that."""
    prepare_to_send(worker.wsgi.config["SETTINGS"].redis_url)
    templates = worker.wsgi.jinja_env
    for name in templates.list_templates(extensions=["html"]):
        templates.get_template(name)
