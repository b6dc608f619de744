"""Trials that only pretend to learn: the numbers of some go the whole way, those of the others straight to the stream.

With fifty real writers in one process these would wait for each other, and the load would measure that.
"""

import time
from typing import Any

import redis
import torch

from dlcore.events import Scalars
from dlcore.recorder import Recorder, scalars
from webapp.settings import Settings
from webapp.store import live
from webapp.store.database import open_sessions
from worker.writer import Writer

KEYS = ("train/loss", "lr", "update_ratio/fc1.weight", "gradient_norm/fc1.weight", "train/accuracy")
WHOLE = 5


class Whole:
    """A trial's loop: recorder, writer, database and stream are as ever."""

    def __init__(self, writer: Writer, steps: int) -> None:
        self.writer = writer
        self.recorder = Recorder(steps, 1)
        self.losses = torch.rand(256)
        self.steps = steps
        writer.start()

    def step(self, step: int) -> None:
        """A step's numbers, and a flush when it is due or the last step is done."""
        self.recorder.after_step(step, self.losses[step % 256], 64)
        for key in KEYS[1:]:
            self.recorder.add(step, key, 0.5 / step)
        if self.recorder.due or step == self.steps:
            for event in self.recorder.flush(step, step / self.steps):
                self.writer.put(event)

    def close(self) -> None:
        """Everything is durable."""
        self.writer.close()


class OnlyLive:
    """A trial whose points go to its stream with each step, and nowhere else."""

    def __init__(self, client: redis.Redis, trial: int, steps: int) -> None:
        self.client = client
        self.trial = trial
        self.steps = steps

    def step(self, step: int) -> None:
        """A step's numbers."""
        points: list[Scalars] = [scalars(key, [step], [0.5 / step], [time.time()]) for key in KEYS]
        progress = {"step": step, "steps": self.steps, "epoch": step / self.steps, "epochs": 1}
        live.publish(self.client, self.trial, "points", live.points_payload(1, points, progress))

    def close(self) -> None:
        """Nothing waits."""


def publish(ready: Any, settings: Settings, trials: list[int], steps: int, steps_per_s: float) -> None:
    """So many steps of each trial once all are ready, each at its own moment; returns when everything is durable."""
    torch.set_num_threads(1)
    sessions = open_sessions(settings.database)
    with redis.Redis.from_url(str(settings.redis_url)) as client:
        loops: list[Whole | OnlyLive] = [
            Whole(Writer(trial, 1, sessions, client, settings), steps) for trial in trials[:WHOLE]
        ]
        loops += [OnlyLive(client, trial, steps) for trial in trials[WHOLE:]]
        ready.wait()
        run(loops, steps, 1 / steps_per_s)
        for loop in loops:
            loop.close()
    sessions.kw["bind"].dispose()


def run(loops: list[Whole | OnlyLive], steps: int, pace_s: float) -> None:
    """The steps of all, spread evenly over the time."""
    began = time.monotonic()
    for step in range(1, steps + 1):
        for number, loop in enumerate(loops):
            due = began + (step - 1 + number / len(loops)) * pace_s
            time.sleep(max(0.0, due - time.monotonic()))
            loop.step(step)
