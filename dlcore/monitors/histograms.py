"""Histograms of activations, gradients and weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from dlcore.batches import Batches
from dlcore.modules.maxout import Maxout
from dlcore.monitors.weights import trained_weights
from dlcore.spec import Spec

BINS = 64
MOST_VALUES = (
    2**16
)  # a bin of so many is right within a few percent; all of a large layer would cost more than its step
MOST_IN_A_RUN = 200
ACTIVATIONS = (
    *(nn.ReLU, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.GELU, nn.SiLU),
    Maxout,
)


@dataclass(frozen=True)
class HistogramSteps:
    """Which steps have histograms: the first, and the last full batch of every ``every``-th epoch; with 0 none.

    A pure function of the step, so that a run that goes on from a checkpoint measures where it would have.
    """

    every: int
    per_epoch: int
    last_full: int  # from 0 within the epoch

    @classmethod
    def planned(cls, spec: Spec, batches: Batches) -> HistogramSteps:
        """At the spec's cadence, but about 200 times in a run at most."""
        every = spec.monitor.histograms_every_epochs
        full = len(batches.labels) // batches.size
        return cls(every and max(every, math.ceil(spec.epochs / MOST_IN_A_RUN)), batches.count, full - 1)

    def due(self, step: int) -> bool:
        """Whether ``step`` (from 1) has histograms."""
        if not self.every:
            return False
        epoch, number = divmod(step - 1, self.per_epoch)
        return step == 1 or (number == self.last_full and (epoch + 1) % self.every == 0)


class HistogramMonitor:
    """Histograms of what each activation gives, of each weight's gradient, and of each weight, before the step.

    ``activations/LAYER`` of an activation, or of a layer with weights that none follows, such as the last; ``gradients/WEIGHT``
    of the loss, before regularisers add to it; ``weights/WEIGHT``.
    """

    def __init__(self, model: nn.Module) -> None:
        self.layers = watched_layers(model)
        self.weights = trained_weights(model)
        self._keys: list[str] = []
        self._rows: list[torch.Tensor] = []

    @contextmanager
    def around_forward(self) -> Iterator[None]:
        """Measure the activations of a forward pass."""
        handles = [layer.register_forward_hook(partial(self._measure, name)) for name, layer in self.layers.items()]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def before_step(self) -> None:
        """Measure gradients and weights."""
        for name, weight in self.weights.items():
            if weight.grad is not None:
                self._add(f"gradients/{name}", weight.grad)
            self._add(f"weights/{name}", weight)

    def take(self) -> tuple[list[str], torch.Tensor]:
        """(keys, rows of ``histogram`` on the device) since the last call."""
        keys, rows, self._keys, self._rows = self._keys, self._rows, [], []
        return keys, torch.stack(rows) if rows else torch.empty(0, BINS + 3)

    def _measure(self, name: str, _module: nn.Module, _inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        key = f"activations/{name}"
        if key not in self._keys:  # a layer that is passed more than once is measured the first time
            self._add(key, output)

    def _add(self, key: str, values: torch.Tensor) -> None:
        self._keys.append(key)
        self._rows.append(histogram(values))


def watched_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Each activation, and each layer with weights that no activation follows before the next such layer; by name, in order."""
    watched: dict[str, nn.Module] = {}
    bare: dict[str, nn.Module] = {}  # the last layer with weights, until an activation follows
    for name, module in model.named_modules():
        if isinstance(module, ACTIVATIONS):
            watched[name] = module
            bare = {}
        elif any(parameter.ndim >= 2 for parameter in module.parameters(recurse=False)):
            watched |= bare
            bare = {name: module}
    return watched | bare


@torch.no_grad()
def histogram(values: torch.Tensor) -> torch.Tensor:
    """float64 (3 + 64,) on the device: the least and the greatest finite value, how many are not finite, and 64 even bins between.

    As ``numpy.histogram(values, 64)``: the last bin holds its upper edge, and a constant c gets the range c ± 0.5 (± c / 2 above 1).
    Of a large tensor 65,536 values at even distances.
    """
    flat = evenly(values.detach().reshape(-1)).double()
    finite = flat.isfinite()
    low = torch.where(finite, flat, torch.inf).amin()
    high = torch.where(finite, flat, -torch.inf).amax()
    nothing = low > high
    low, high = low.masked_fill(nothing, 0), high.masked_fill(nothing, 0)
    room = torch.where(low == high, 0.5 * low.abs().clamp_min(1), 0)
    low, high = low - room, high + room
    bins = ((flat - low) / (high - low) * BINS).clamp_(0, BINS - 1)
    index = torch.where(finite, bins, BINS).long()
    counts = flat.new_zeros(BINS + 1).scatter_add_(0, index, torch.ones_like(flat))
    return torch.cat([torch.stack([low, high]), counts.roll(1)])


def evenly(flat: torch.Tensor) -> torch.Tensor:
    """About 65,536 values of a longer row. The stride has no divisor in common with any dimension, so that all are passed through."""
    stride = -(-len(flat) // MOST_VALUES)
    while math.gcd(stride, len(flat)) > 1:
        stride += 1
    return flat[::stride]
