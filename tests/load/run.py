"""A load: publishers, viewers and the web between them, each in processes of their own."""

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.load.publishers import publish
from tests.load.scene import Scene
from tests.load.viewers import Viewer, watch

OPEN_S = 60
AFTER_S = 20
SEVERAL = 5


@dataclass
class Load:
    """How much."""

    viewers: int
    steps: int
    steps_per_s: float = 20
    publishing_processes: int = 1

    @property
    def seconds(self) -> float:
        """How long the trials take."""
        return self.steps / self.steps_per_s


@dataclass
class Outcome:
    """What came, and what it cost the web process."""

    viewers: list[Viewer]
    before_kib: float
    idle_kib: float
    active_kib: float
    cpu_share: float

    @property
    def faults(self) -> list[str]:
        """What was missing, doubled or out of order."""
        return [fault for viewer in self.viewers for fault in viewer.faults]


def watchers(trials: list[int], count: int, steps: int) -> list[Viewer]:
    """Each watches a trial, and each tenth several, as the page that compares does."""
    found = []
    for number in range(count):
        several = SEVERAL if number % 10 == 0 else 1
        chosen = {trials[(number + 7 * more) % len(trials)] for more in range(several)}
        found.append(Viewer(sorted(chosen), steps))
    return found


def run(scene: Scene, load: Load, meanwhile: Callable[[], None] = lambda: None) -> Outcome:
    """The load from beginning to end; ``meanwhile`` runs in this process while the trials do."""
    viewers = watchers(scene.trials, load.viewers, load.steps)
    timeout_s = load.seconds + AFTER_S + OPEN_S
    scene.warm()
    before = scene.memory_kib()
    with watching(viewers, scene, timeout_s) as pipe:
        receive(pipe, OPEN_S)
        idle = scene.memory_kib()
        with publishing(scene, load):
            spent, began = scene.cpu_s(), time.monotonic()
            meanwhile()
            time.sleep(max(0.0, began + 0.9 * load.seconds - time.monotonic()))
            cpu_share = (scene.cpu_s() - spent) / (time.monotonic() - began)
            active = scene.memory_kib()
        found = receive(pipe, timeout_s)
    return Outcome(found, before, idle, active, cpu_share)


@contextlib.contextmanager
def watching(viewers: list[Viewer], scene: Scene, timeout_s: float) -> Iterator[Any]:
    """The viewers' process, and the pipe to it."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=watch, args=(theirs, viewers, scene.settings.port, scene.token, timeout_s))
    process.start()
    try:
        yield pipe
        process.join(10)
    finally:
        process.kill()
        process.join()


@contextlib.contextmanager
def publishing(scene: Scene, load: Load) -> Iterator[None]:
    """The trials' processes, from the moment that all begin until everything is durable."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(load.publishing_processes + 1)
    shares = [scene.trials[number :: load.publishing_processes] for number in range(load.publishing_processes)]
    processes = [
        context.Process(target=publish, args=(ready, scene.settings, share, load.steps, load.steps_per_s))
        for share in shares
    ]
    for process in processes:
        process.start()
    try:
        ready.wait(OPEN_S)
        yield
        for process in processes:
            process.join(load.seconds + AFTER_S)
            assert process.exitcode == 0
    finally:
        for process in processes:
            process.kill()
            process.join()


def receive(pipe: Any, timeout_s: float) -> Any:
    """The next thing from a pipe. Raises TimeoutError."""
    if not pipe.poll(timeout_s):
        raise TimeoutError(f"the viewers said nothing for {timeout_s:g} s")
    return pipe.recv()
