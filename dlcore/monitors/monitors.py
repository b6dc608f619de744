"""All monitors of a run, on the steps where they measure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn

from dlcore.monitors.activations import ActivationMonitor
from dlcore.monitors.histograms import HistogramMonitor, HistogramSteps
from dlcore.monitors.weights import WeightMonitor, trained_weights

_nothing = nullcontext()


class Monitors:
    """Measures every ``every`` steps (and at the first), histograms at their own; costs two comparisons on the steps between."""

    def __init__(self, model: nn.Module, every: int, histogram_steps: HistogramSteps) -> None:
        self.every = every
        self.histogram_steps = histogram_steps
        self.histograms = HistogramMonitor(model)
        self.activations = ActivationMonitor(model)
        self.weights = WeightMonitor(trained_weights(model))
        self.measured: list[tuple[list[str], torch.Tensor]] = []

    def due(self, step: int) -> bool:
        """Whether ``step`` (from 1) is measured."""
        return step % self.every == 0 or step == 1

    def around_forward(self, step: int) -> AbstractContextManager[None]:
        """Watch the activations of a measured step."""
        watch = self._watch() if self.activations.modules and self.due(step) else _nothing
        return both(watch, self.histograms.around_forward()) if self.histogram_steps.due(step) else watch

    def around_step(self, step: int) -> AbstractContextManager[None]:
        """Measure gradients, weights and their change over a measured step."""
        if self.histogram_steps.due(step):
            self.histograms.before_step()
        return self._measure() if self.weights.weights and self.due(step) else _nothing

    def take(self) -> list[tuple[list[str], torch.Tensor]]:
        """What was measured since the last call: (keys, values on the device)."""
        measured, self.measured = self.measured, []
        return measured

    @contextmanager
    def _watch(self) -> Iterator[None]:
        self.activations.attach()
        try:
            yield
        finally:
            values = self.activations.detach()
        self.measured.append((self.activations.keys, values))

    @contextmanager
    def _measure(self) -> Iterator[None]:
        self.weights.before_step()
        yield
        self.measured.append((self.weights.keys, self.weights.after_step()))


@contextmanager
def both(first: AbstractContextManager[None], second: AbstractContextManager[None]) -> Iterator[None]:
    """One within the other."""
    with first, second:
        yield
