"""Values that the loop hands over without waiting: they stay on the device until the next flush, then come in one copy."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import torch

from dlcore.events import Event, Histogram, Progress, Scalars

FLUSH_S = 0.08
FLUSH_POINTS = 1024


class Recorder:
    """Collects points of curves and gives them out as events, every 80 ms, or with each step when steps are slow."""

    def __init__(self, steps: int, epochs: int) -> None:
        self.shares = 1  # of each batch, taken by as many processes
        self.steps = steps
        self.epochs = epochs
        self.diverged_at: tuple[int, float] | None = None
        self._losses = torch.empty(0)
        self._slots: tuple[torch.Tensor, ...] = ()  # one for each loss, so that a step leaves no small tensor behind
        self._loss_steps: list[int] = []
        self._loss_times: list[float] = []
        self._measured: list[tuple[int, float, list[str], torch.Tensor]] = []
        self._distributed: list[tuple[int, float, list[str], torch.Tensor]] = []
        self._known: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        self._last_flush = float("-inf")
        self._examples = 0
        self._examples_since = time.perf_counter()
        self.last_rate: float | None = None

    def after_step(self, step: int, loss: torch.Tensor, examples: int) -> None:
        """The training loss of a step, still on the device."""
        if not self._slots:
            self._losses = torch.empty(FLUSH_POINTS, device=loss.device)
            self._slots = self._losses.unbind()
        self._slots[len(self._loss_steps)].copy_(loss.detach())
        self._loss_steps.append(step)
        self._loss_times.append(time.time())
        self._examples += examples

    def measured(self, step: int, keys: list[str], values: torch.Tensor) -> None:
        """Values of several curves at a step, (keys,), still on the device."""
        self._measured.append((step, time.time(), keys, values))

    def distributed(self, step: int, epoch: float, keys: list[str], rows: torch.Tensor) -> None:
        """Histograms at a step, (keys, 3 + bins) as ``dlcore.monitors.histograms`` makes them, still on the device."""
        self._distributed.append((step, epoch, keys, rows))

    def add(self, step: int, key: str, value: float) -> None:
        """A value that the host knows."""
        self._known[key].append((step, value, time.time()))

    @property
    def due(self) -> bool:
        """Whether it is time to flush: those who watch would wait for too long if it were left to the next step."""
        passed, steps = time.perf_counter() - self._last_flush, len(self._loss_steps)
        return passed * (1 + 1 / max(steps, 1)) > FLUSH_S or steps >= FLUSH_POINTS

    def flush(self, step: int, epoch: float) -> Iterator[Event]:
        """Everything collected, as events, and how far training is."""
        yield from self._flush_losses()
        yield from self._flush_measured()
        known, self._known = self._known, defaultdict(list)
        for key, points in known.items():
            steps, values, times = zip(*points, strict=True)
            yield scalars(key, steps, values, times)
        yield from self._flush_distributed()
        self._last_flush = time.perf_counter()
        yield Progress(step, self.steps, epoch, self.epochs, self.rate())

    def rate(self) -> float | None:
        """Examples per second since the last time it was asked, or before when that is too short to tell."""
        passed = time.perf_counter() - self._examples_since
        if self._examples and (passed > 0.05 or self.last_rate is None):
            self.last_rate = self._examples * self.shares / max(passed, 1e-9)
            self._examples, self._examples_since = 0, time.perf_counter()
        return self.last_rate

    def _flush_losses(self) -> Iterator[Event]:
        if not self._loss_steps:
            return
        values = self._losses[: len(self._loss_steps)].cpu().numpy().astype(np.float64)
        odd = np.flatnonzero(~np.isfinite(values))
        until = len(values)
        if odd.size and self.diverged_at is None:
            until = int(odd[0]) + 1
            self.diverged_at = self._loss_steps[odd[0]], float(values[odd[0]])
        yield scalars("train/loss", self._loss_steps[:until], values[:until], self._loss_times[:until])
        self._loss_steps, self._loss_times = [], []

    def _flush_measured(self) -> Iterator[Event]:
        if not self._measured:
            return
        flat = torch.cat([values for *_, values in self._measured]).float().cpu().numpy().astype(np.float64)
        points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        position = 0
        for step, at, keys, _ in self._measured:
            for key, value in zip(keys, flat[position : position + len(keys)], strict=True):
                points[key].append((step, float(value), at))
            position += len(keys)
        self._measured = []
        for key, rows in points.items():
            steps, values, times = zip(*rows, strict=True)
            yield scalars(key, steps, values, times)

    def _flush_distributed(self) -> Iterator[Event]:
        if not self._distributed:
            return
        taken, self._distributed = self._distributed, []
        places = [(key, step, epoch) for step, epoch, keys, _ in taken for key in keys]
        rows = torch.cat([rows for *_, rows in taken]).cpu().numpy()
        for place, (low, high, nonfinite, *counts) in zip(places, rows, strict=True):
            yield Histogram(*place, float(low), float(high), np.array(counts, np.int64), int(nonfinite))


def scalars(key: str, steps: object, values: object, times: object) -> Scalars:
    """A ``Scalars`` of any sequences; times are given to the millisecond."""
    milliseconds = np.rint(np.asarray(times, np.float64) * 1000)
    return Scalars(key, np.asarray(steps, np.int64), np.asarray(values, np.float64), milliseconds / 1000)
