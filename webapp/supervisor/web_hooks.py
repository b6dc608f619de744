"""gunicorn's hooks: a web process never outlives its parent, which would keep the port."""

import ctypes
import os
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1


def post_fork(server: Any, _worker: Any) -> None:
    """In the web process, right after the fork."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server.pid:
            os._exit(1)
