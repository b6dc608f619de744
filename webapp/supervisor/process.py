"""One child process: started in a session of its own, tied to our life, restarted when it dies."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess  # our own commands, without a shell  # nosec B404
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
LARGEST_LOG = 5 * 1024 * 1024
LONGEST_PAUSE_S = 10.0
STEADY_S = 60.0  # who ran that long and then died is started again soon
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """A process that should run. Its output goes to a log file."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path, cwd: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.cwd = cwd
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self.started = 0.0
        self.next_start = 0.0

    def start(self) -> None:
        """Start it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        parent = os.getpid()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # nosec B603
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=self.cwd,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
                preexec_fn=(lambda: follow(parent)) if _libc else None,
            )

    def bound_log(self) -> None:
        """Begin the log anew when it has grown long; what it said before stays beside it until the next time.

        The process keeps its file, which it only ever appends to, so a line that it writes meanwhile may be lost.
        """
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            with contextlib.suppress(OSError):  # on a full disk the room is worth more than the old lines
                shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def restart_when_due(self) -> bool:
        """Start it again after it died, each time after a longer pause; True when it was."""
        moment = time.monotonic()
        if self.alive or self.process is None:
            return False
        if not self.next_start:
            self.restarts = 1 if moment - self.started > STEADY_S else min(self.restarts + 1, 10)
            self.next_start = moment + min(LONGEST_PAUSE_S, 0.2 * 2**self.restarts)
        if moment < self.next_start:
            return False
        self.next_start = 0.0
        self.start()
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.alive and self.process is not None:
            self.process.send_signal(number)

    def stop(self, patience_s: float) -> None:
        """SIGTERM, and SIGKILL to its whole session when it does not end in time."""
        if self.process is None:
            return
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience_s)
        end_session(self.process.pid)
        self.process.wait(5)


def follow(parent: int) -> None:
    """End, by SIGTERM, when the process that started this one does, however it ends."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has ended already; it may well be process 1, in a container
        os._exit(1)


def end_session(session_id: int) -> None:
    """End whatever is left in the session that a child led."""
    try:
        os.killpg(session_id, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
