"""The whole of Descent as a person starts it: ``flask up`` on a data folder and a port of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
START_S = 60


class Stack:
    """An instance that runs, until ``stop`` or ``kill``."""

    def __init__(self, var: Path, port: int | None = None, **environment: str) -> None:
        self.var = var
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "DESCENT_VAR": str(var), "DESCENT_PORT": str(self.port), **environment}
        self.environment.pop("REDIS_URL", None)
        self.environment.pop("DATABASE_URL", None)
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[psutil.Process] = set()

    def start(self) -> "Stack":
        """Bring it up; returns when the address answers."""
        self.var.mkdir(parents=True, exist_ok=True)
        self.output = self.var / "up.out"
        with self.output.open("wb") as output:
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "up"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, preexec_fn=hear_hang_ups
            )
        deadline = time.monotonic() + START_S
        while not self.answers():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        return self

    def answers(self) -> bool:
        """Whether the address answers."""
        with (
            contextlib.suppress(OSError, urllib.error.URLError),
            urllib.request.urlopen(f"{self.url}/healthz", timeout=2),
        ):
            return True
        return False

    def command(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """A ``flask`` command on this instance."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, input=text, capture_output=True, text=True, timeout=120
        )

    def family(self) -> list[psutil.Process]:
        """All processes of this instance: those that were given its data folder, and what they started.

        Redis writes its title over its environment, so it is known by having been seen as a child.
        """
        named = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("DESCENT_VAR") == str(self.var) and process.pid != os.getpid():
                    named.append(process)
        for process in named:
            with contextlib.suppress(psutil.Error):
                self.seen.update(process.children(recursive=True))
        self.seen.update(named)
        self.seen = {process for process in self.seen if runs(process)}
        return list(self.seen)

    def child(self, words: str) -> psutil.Process:
        """The oldest process of this instance whose command line has ``words``."""
        found = [process for process in self.family() if words in " ".join(process.cmdline())]
        return min(found, key=lambda process: process.create_time())

    def kill_child(self, words: str, within_s: float = 30) -> None:
        """Kill the oldest process with ``words``, and wait until it and its children are gone and another is in its place."""
        process = self.child(words)
        lost = [process, *process.children(recursive=True)]
        process.kill()
        deadline = time.monotonic() + within_s
        while any(runs(one) for one in lost) or not (self.answers() and self.has(words)):
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)

    def has(self, words: str) -> bool:
        """Whether a process whose command line has ``words`` runs."""
        with contextlib.suppress(psutil.Error):
            return any(words in " ".join(process.cmdline()) for process in self.family())
        return False

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it as Ctrl-C does, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.family()
            self.process.send_signal(number)
            self.process.wait(40)

    def kill(self) -> None:
        """End the supervisor without letting it say good-bye."""
        assert self.process is not None
        self.family()  # who its children are cannot be told afterwards
        self.process.kill()
        self.process.wait(10)

    def left(self, within_s: float = 15) -> list[str]:
        """What still runs after some seconds."""
        deadline = time.monotonic() + within_s
        while self.family() and time.monotonic() < deadline:
            time.sleep(0.1)
        return [" ".join(process.cmdline()) for process in self.family()]


def hear_hang_ups() -> None:
    """As a terminal has it, also where the tests themselves run under nohup, whose ignored SIGHUP children inherit."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def runs(process: psutil.Process) -> bool:
    """Whether it runs and is no zombie."""
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
