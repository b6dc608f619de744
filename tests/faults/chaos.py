"""Trials that train while processes are killed at random, and what became of them beside the same without any of that."""

import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import redis
from kombu.exceptions import OperationalError
from sqlalchemy import select

from dlcore.checkpoint import Arrays
from dlcore.events import Checkpoint, Scalars
from dlcore.spec import Spec
from dlcore.train import train
from tests.faults.scene import LEASE_S, Scene
from tests.making import make_trial, same_bits
from tests.worker.curves_of import MEASURED, join, stored_curves
from webapp.models import State, Trial
from webapp.queue import deliver, promise, sender
from webapp.store import leases
from webapp.store.database import AWAY
from webapp.store.storage import storage_of
from worker import checkpoints

Curves = dict[str, tuple[Any, Any]]
SPEC = {
    "data": {"kind": "digits", "augment": [{"kind": "noise"}]},
    "network": {"kind": "mlp", "hidden": [24], "dropout": 0.2},
    "optimizer": {"kind": "adam", "lr": 1e-3},
    "monitor": {"every_steps": 10, "pictures_every_epochs": 20},
}
ENDED = {state.value for state in State if state.ended}
FROZEN_S = LEASE_S + 2.0
AWAY_S = LEASE_S + 5.0


@dataclass
class Outcome:
    """What was found out."""

    kills: Counter[str] = field(default_factory=Counter)
    trials: int = 0
    completed: int = 0
    resumes: int = 0
    points: int = 0
    lost: int = 0
    doubled: int = 0
    altered: int = 0
    weights: int = 0
    other_weights: int = 0
    silent_s: float = 0.0  # the longest that a trial was "running" while its worker was no more
    ends: Counter[str] = field(default_factory=Counter)
    """How those that are not completed ended, or why they have not."""

    @property
    def is_flawless(self) -> bool:
        """Whether everything is as it would have been."""
        faults = self.lost + self.doubled + self.altered + self.other_weights
        return self.completed == self.trials and self.weights == self.trials and not faults

    def __add__(self, other: "Outcome") -> "Outcome":
        summed = Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))
        summed.silent_s = max(self.silent_s, other.silent_s)
        return summed


class Chaos:
    """Kills one of a scene's processes every few seconds, and starts again what died."""

    def __init__(self, scene: Scene, seed: int, every_s: float) -> None:
        self.scene = scene
        self.random = random.Random(seed)
        self.every_s = every_s
        self.kills: Counter[str] = Counter()
        self.frozen: list[tuple[float, psutil.Process]] = []
        self.silent: dict[tuple[int, int], float] = {}
        self.silent_s = 0.0
        self.kinds: list[tuple[str, int, Callable[[], bool]]] = [
            ("worker child killed", 4, self.kill_child),
            ("worker child frozen for longer than its lease", 2, self.freeze_child),
            ("worker parent killed", 1, lambda: self.kill("worker")),
            ("keeper killed", 1, self.kill_keeper),
            ("Redis killed", 2, lambda: self.kill("redis")),
            ("Redis killed, and away for some seconds", 1, lambda: self.kill("redis", AWAY_S)),
            ("message delivered again", 4, self.deliver_again),
        ]
        if "database" in scene.commands:
            self.kinds.append(("PostgreSQL killed", 3, lambda: self.kill("database")))
            self.kinds.append(
                ("PostgreSQL killed, and away for some seconds", 2, lambda: self.kill("database", AWAY_S))
            )
        if "web" in scene.commands:
            self.kinds.append(("web killed", 1, lambda: self.kill("web")))

    def go_on(self, until: float, have_ended: Callable[[], bool]) -> None:
        """Kill until then, or until all trials have ended."""
        while time.monotonic() < until and not have_ended():
            names = [name for name, _, _ in self.kinds]
            weights = [weight for _, weight, _ in self.kinds]
            name = self.random.choices(names, weights)[0]
            if next(act for other, _, act in self.kinds if other == name)():
                self.kills[name] += 1
            self.look_after(self.every_s * self.random.uniform(0.5, 1.5))
        self.thaw(all_of_them=True)

    def look_after(self, seconds: float) -> None:
        """Let time pass, and start again what died."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.thaw()
            self.scene.start_again_what_died()
            self.watch()
            time.sleep(0.4)

    def watch(self) -> None:
        """See for how long trials have been without a worker; while the database cannot be asked, nobody can help them."""
        with contextlib.suppress(*AWAY), self.scene.sessions() as session:
            abandoned = leases.abandoned(session)
            self.silent = {key: self.silent.get(key, time.monotonic()) for key in abandoned}
            passed = [time.monotonic() - since for since in self.silent.values()]
            self.silent_s = max([self.silent_s, *passed])

    def kill(self, name: str, away_s: float = 0.0) -> bool:
        self.scene.kill(name, away_s)
        return True

    def kill_child(self) -> bool:
        _, children = self.scene.worker_family()
        return bool(children) and signalled(self.random.choice(children), signal.SIGKILL)

    def kill_keeper(self) -> bool:
        keeper, _ = self.scene.worker_family()
        return keeper is not None and signalled(keeper, signal.SIGKILL)

    def freeze_child(self) -> bool:
        _, children = self.scene.worker_family()
        if not children or self.frozen:
            return False
        child = self.random.choice(children)
        self.frozen.append((time.monotonic() + FROZEN_S, child))
        return signalled(child, signal.SIGSTOP)

    def thaw(self, *, all_of_them: bool = False) -> None:
        for moment, child in list(self.frozen):
            if all_of_them or moment < time.monotonic():
                signalled(child, signal.SIGCONT)
                self.frozen.remove((moment, child))

    def deliver_again(self) -> bool:
        """As Redis does after its visibility timeout, in front of all that waits: mostly trials that run just now."""
        settings = self.scene.settings
        with contextlib.suppress(*AWAY, redis.RedisError, OperationalError), self.scene.sessions() as session:
            states = dict(session.execute(select(Trial.id, Trial.state)).all())
            running = [trial_id for trial_id, state in states.items() if state == State.RUNNING]
            trial_id = self.random.choice(running or list(states))
            sender(settings.redis_url or "").send_task("worker.run_trial", args=[trial_id], queue="again", retry=False)
            with redis.Redis.from_url(settings.redis_url or "") as client:
                return client.lmove("again", "cpu", "LEFT", "RIGHT") is not None
        return False


def signalled(process: psutil.Process, number: signal.Signals) -> bool:
    """Send a signal; whether the process was there."""
    try:
        process.send_signal(number)
    except psutil.Error:
        return False
    return True


def undisturbed(spec: dict[str, Any]) -> tuple[Curves, Arrays]:
    """The curves of a spec and its last weights and states, when nothing happens meanwhile."""
    pieces: dict[str, list[Scalars]] = {}
    last: Checkpoint | None = None
    for event in train(Spec.model_validate(spec)):
        if isinstance(event, Scalars) and event.key not in MEASURED:
            pieces.setdefault(event.key, []).append(event)
        last = event if isinstance(event, Checkpoint) else last
    assert last is not None
    return {key: (join(parts, "steps"), join(parts, "values")) for key, parts in pieces.items()}, dict(last.arrays)


def run(
    *,
    seed: int,
    trials: int,
    different: int,
    epochs: int,
    every_s: float,
    at_most_s: float,
    settle_s: float = 240.0,
    **how: Any,
) -> Outcome:
    """Train so many trials of so many ``different`` specs while processes are killed, and look at all they left.

    Afterwards they have ``settle_s`` to end.
    """
    specs = [{**SPEC, "epochs": epochs, "seed": number} for number in range(different)]
    expected = [undisturbed(spec) for spec in specs]
    with tempfile.TemporaryDirectory(prefix="dc") as folder, Scene(Path(folder), **how) as scene:
        ids = [make_trial(scene.sessions, specs[number % different]) for number in range(trials)]
        with scene.sessions() as session:
            for trial_id in ids:
                promise(session, "worker.run_trial", "cpu", [trial_id])
            session.commit()
            deliver(session, scene.settings.redis_url or "")
        for name in scene.commands.keys() - scene.processes.keys():
            scene.start(name)
        chaos = Chaos(scene, seed, every_s)
        chaos.go_on(time.monotonic() + at_most_s, lambda: have_ended(scene))
        until = time.monotonic() + settle_s
        while not have_ended(scene) and time.monotonic() < until:
            chaos.look_after(0.5)
        outcome = Outcome(chaos.kills, silent_s=round(chaos.silent_s, 1))
        for number, trial_id in enumerate(ids):
            compare(scene, trial_id, *expected[number % different], outcome)
        if os.environ.get("CHAOS_LOGS"):
            print(scene.log("worker"))
        return outcome


def have_ended(scene: Scene) -> bool:
    """Whether all trials have; False also while the database cannot be asked."""
    with contextlib.suppress(*AWAY), scene.sessions() as session:
        return set(session.scalars(select(Trial.state))) <= ENDED
    return False


def compare(scene: Scene, trial_id: int, curves: Curves, arrays: Arrays, outcome: Outcome) -> None:
    """Count what one trial has, and what it should have."""
    with scene.sessions() as session:
        trial = session.get_one(Trial, trial_id)
    outcome.trials += 1
    outcome.completed += trial.state == State.COMPLETED
    if trial.state != State.COMPLETED:
        outcome.ends[f"{trial.state}, attempt {trial.attempt}, step {trial.step}: {trial.failure}"] += 1
    outcome.resumes += max(0, trial.attempt - 1)
    found = stored_curves(scene.sessions, trial_id)
    for key in curves.keys() | found.keys():
        steps, values = found.get(key, (np.zeros(0, np.int64), np.zeros(0)))
        wanted, numbers = curves.get(key, (np.zeros(0, np.int64), np.zeros(0)))
        outcome.points += len(wanted)
        outcome.lost += len(np.setdiff1d(wanted, steps))
        outcome.doubled += len(steps) - len(np.intersect1d(steps, wanted))
        if np.array_equal(steps, wanted):
            outcome.altered += sum(not same_bits(*pair) for pair in zip(values, numbers, strict=True))
    last = checkpoints.newest(scene.sessions, storage_of(scene.settings), trial_id)
    if last is not None:
        outcome.weights += 1
        outcome.other_weights += not same_arrays(dict(last.arrays), arrays)


def same_arrays(found: Arrays, expected: Arrays) -> bool:
    """The same names, and under each the same bits."""
    return found.keys() == expected.keys() and all(
        array.dtype == expected[name].dtype and array.tobytes() == expected[name].tobytes()
        for name, array in found.items()
    )
