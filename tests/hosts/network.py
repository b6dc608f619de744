"""Hosts of their own on one machine: network namespaces, each with a cable to a switch that can be pulled. Linux, as root."""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

CLONE_NEWNET = 0x40000000
T = TypeVar("T")
_libc = ctypes.CDLL(None, use_errno=True)


def why_not() -> str | None:
    """Why no hosts can be built here; None when they can."""
    if not shutil.which("ip"):
        return "there is no ip command (iproute2)"
    if os.getuid() != 0:
        return "only root may make network namespaces"
    name = f"dprobe{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode:
        return f"network namespaces cannot be made: {tried.stderr.strip()}"
    link = subprocess.run(
        ["ip", "-n", name, "link", "add", "one", "type", "veth", "peer", "name", "two"], capture_output=True, text=True
    )
    subprocess.run(["ip", "netns", "del", name], check=True)
    return f"no cables can be made: {link.stderr.strip()}" if link.returncode else None


class Network:
    """A switch, and the hosts that are joined to it; all of it is gone with ``close``."""

    def __init__(self, *names: str) -> None:
        self.name = f"d{os.getpid()}"
        self.switch = f"{self.name}-switch"
        ip("netns", "add", self.switch)
        ip("-n", self.switch, "link", "add", "bridge", "type", "bridge")
        ip("-n", self.switch, "link", "set", "bridge", "up")
        self.hosts = {name: Host(self, name, number) for number, name in enumerate(names, 1)}

    def close(self) -> None:
        """No processes, no cables, no hosts."""
        for host in self.hosts.values():
            host.close()
        ip("netns", "del", self.switch)


class Host:
    """A host with an address of its own, and what runs on it."""

    def __init__(self, network: Network, name: str, number: int) -> None:
        self.namespace = f"{network.name}-{name}"
        self.switch, self.cable = network.switch, f"c{number}"
        self.address = f"10.77.0.{number}"
        self.processes: list[subprocess.Popen[bytes]] = []
        ip("netns", "add", self.namespace)
        ip(
            "-n",
            self.switch,
            "link",
            "add",
            self.cable,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            self.namespace,
        )
        ip("-n", self.switch, "link", "set", self.cable, "master", "bridge", "up")
        ip("-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            ip("-n", self.namespace, "link", "set", device, "up")

    def cut_off(self) -> None:
        """Pull the cable: nobody is told, what is sent is lost."""
        ip("-n", self.switch, "link", "set", self.cable, "down")

    def join_again(self) -> None:
        """Put it back."""
        ip("-n", self.switch, "link", "set", self.cable, "up")

    def enter(self) -> None:
        """The calling thread, and what it starts, is on this host from now on."""
        with (Path("/run/netns") / self.namespace).open() as place:
            if _libc.setns(place.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"cannot enter {self.namespace}")

    def start(self, command: list[str], output: Path, **options: Any) -> subprocess.Popen[bytes]:
        """A process on this host."""
        with output.open("ab") as file:
            made = self.do(
                lambda: subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True, **options)
            )
        self.processes.append(made)
        return made

    def do(self, act: Callable[[], T]) -> T:
        """What ``act`` gives when it is done on this host."""
        with ThreadPoolExecutor(1, initializer=self.enter) as there:
            return there.submit(act).result()

    def close(self) -> None:
        """End what was started on it."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        ip("netns", "del", self.namespace)


def ip(*words: str) -> None:
    """The ip command."""
    subprocess.run(["ip", *words], check=True, capture_output=True)
