"""Gradients by backpropagation against centred differences."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

STEP = 1e-5
SHORTER = (1.0, 0.1, 0.01)  # an entry that disagrees is measured again closer by: a kink may have been stepped over
AGREES = 1e-7
KINK = 1e-3  # slopes on the two sides that differ by more than this share are those of a kink
ROUNDING = 32 * torch.finfo(torch.float64).eps  # of what is added up, as a share of its norm


@dataclass(frozen=True, slots=True)
class GradientError:
    """How far one tensor's gradient is from its centred differences.

    relative_error: the largest |a − n| / max(|a|, |n|) of the entries that were looked at; 0 where a and n differ by no
    more than rounding. index, analytic, numeric: the entry that it belongs to. kinks: entries left out, because the
    function has no derivative there (both slopes are right).
    """

    relative_error: float
    index: tuple[int, ...]
    analytic: float
    numeric: float
    checked: int
    kinks: int


@dataclass(frozen=True, slots=True)
class Slopes:
    """What differences say about one entry: before it, behind it, and how far rounding may move them."""

    left: float
    right: float
    rounding: float

    @property
    def centred(self) -> float:
        """(f(x + h) − f(x − h)) / 2h."""
        return (self.left + self.right) / 2

    def error(self, analytic: float, forgiven: float) -> float:
        """|a − n| / max(|a|, |n|); 0 where they differ by no more than ``forgiven``, as 0 and 0 do; ∞ for NaN."""
        difference = abs(analytic - self.centred)
        if not math.isfinite(difference):
            return math.inf
        if difference <= forgiven:
            return 0.0
        return difference / max(abs(analytic), abs(self.centred))

    def is_kink(self, analytic: float) -> bool:
        """Whether the two sides have slopes of their own, with ``analytic`` not outside them."""
        low, high = sorted((self.left, self.right))
        apart = high - low > KINK * max(abs(low), abs(high)) + 2 * self.rounding
        return apart and low - self.rounding <= analytic <= high + self.rounding


def check_gradients(
    function: Callable[..., Any],
    inputs: Sequence[torch.Tensor],
    *,
    parameters: Mapping[str, torch.Tensor] | None = None,
    entries: int = 20,
    step: float = STEP,
    seed: int = 0,
) -> dict[str, GradientError]:
    """The largest relative error of each parameter and each real-valued input of ``function(*inputs)``, in float64.

    ``function`` is a module, which is copied and left as it is, or any callable with the ``parameters`` (float64) that
    it uses. ``entries`` of each tensor are looked at, chosen by ``seed``, all of a smaller one. What is not a single
    number is added up with fixed random weights. Randomness (dropout) starts from ``seed`` at every call, and buffers
    (running averages) are put back, so that all calls are of the same function. In which mode a module is, training or
    evaluation, is the caller's business. Raises ValueError for what differences cannot check: parameters that are not
    float64, and a function that is another at each call.
    """
    if isinstance(function, nn.Module):
        function = copy.deepcopy(function).double()
        parameters = {name: p for name, p in function.named_parameters() if p.requires_grad}
    coarse = [name for name, tensor in (parameters or {}).items() if tensor.dtype != torch.float64]
    if coarse:
        raise ValueError(f"Differences need float64 parameters, but these are not: {', '.join(coarse)}.")
    arguments = [value.detach().double().clone() if value.is_floating_point() else value for value in inputs]
    real = [value for value in arguments if value.is_floating_point()]
    names = ["input"] if len(real) == 1 else [f"input {number}" for number in range(1, len(real) + 1)]
    tensors = {**dict(zip(names, real, strict=True)), **(parameters or {})}
    probe = Probe(function, arguments, seed)
    generator = torch.Generator().manual_seed(seed)
    chosen = {n: torch.randperm(tensor.numel(), generator=generator)[:entries] for n, tensor in tensors.items()}
    with torch.random.fork_rng():
        if not torch.allclose(probe.terms(), probe.terms(), rtol=1e-10, equal_nan=True):
            raise ValueError("The function gives something else at each call, so that differences say nothing of it.")
        gradients = probe.gradients(tensors)
        return {name: _worst(probe, t, gradients[name], chosen[name], step) for name, t in tensors.items()}


class Probe:
    """A function as one number of its tensors, the same at every call."""

    def __init__(self, function: Callable[..., Any], arguments: Sequence[torch.Tensor], seed: int) -> None:
        self.function = function
        self.arguments = arguments
        self.seed = seed
        self.buffers = list(function.buffers()) if isinstance(function, nn.Module) else []
        self.kept = [buffer.clone() for buffer in self.buffers]

    def terms(self) -> torch.Tensor:
        """What is added up: the outputs, each times a fixed weight."""
        for buffer, kept in zip(self.buffers, self.kept, strict=True):
            buffer.copy_(kept)
        _start_randomness(self.seed)
        out = self.function(*self.arguments)
        parts = [out] if isinstance(out, torch.Tensor) else [part for part in out if part is not None]
        row = torch.cat([part.reshape(-1) for part in parts])
        if len(row) == 1:
            return row
        weights = torch.randn(len(row), dtype=torch.float64, generator=torch.Generator().manual_seed(self.seed))
        return row * weights.to(row.device)

    def gradients(self, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """By backpropagation; 0 for what the function does not use."""
        with _requiring_gradients(tensors.values()):
            found = torch.autograd.grad(self.terms().sum(), list(tensors.values()), allow_unused=True)
        return {
            name: torch.zeros_like(tensor) if gradient is None else gradient.detach()
            for (name, tensor), gradient in zip(tensors.items(), found, strict=True)
        }

    @torch.no_grad()
    def slopes(self, tensor: torch.Tensor, index: tuple[int, ...], step: float) -> Slopes:
        """Differences over ``step`` to both sides of one entry, which is put back."""
        here = tensor[index].item()
        middle = self.terms()
        tensor[index] = here + step
        right = self.terms()
        tensor[index] = here - step
        left = self.terms()
        tensor[index] = here
        rounding = ROUNDING * middle.norm().item() / step
        return Slopes((middle - left).sum().item() / step, (right - middle).sum().item() / step, rounding)


def _start_randomness(seed: int) -> None:
    """``torch.manual_seed`` takes longer than a small network, for the sake of devices that are not in use."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)


@contextmanager
def _requiring_gradients(tensors: Any) -> Iterator[None]:
    before = [(tensor, tensor.requires_grad) for tensor in tensors]
    for tensor, _ in before:
        tensor.requires_grad_(True)
    try:
        yield
    finally:
        for tensor, required in before:
            tensor.requires_grad_(required)


def _worst(
    probe: Probe, tensor: torch.Tensor, gradient: torch.Tensor, chosen: torch.Tensor, step: float
) -> GradientError:
    worst = GradientError(0.0, (), 0.0, 0.0, 0, 0)
    kinks = 0
    for flat in chosen:
        index = tuple(int(i) for i in torch.unravel_index(flat, tensor.shape))
        analytic = gradient[index].item()
        slopes, error = _measured(probe, tensor, index, analytic, step)
        if error > AGREES and slopes.is_kink(analytic):
            kinks += 1
        elif error >= worst.relative_error:
            worst = GradientError(error, index, analytic, slopes.centred, 0, 0)
    return replace(worst, checked=len(chosen) - kinks, kinks=kinks)


def _measured(
    probe: Probe, tensor: torch.Tensor, index: tuple[int, ...], analytic: float, step: float
) -> tuple[Slopes, float]:
    """The slopes and their error over the first of the steps that agrees with ``analytic``.

    When none does: those of the shortest step at a kink, else those that agree best. Shorter steps are forgiven no more
    rounding than the first, or a small gradient that is wrong would pass at the shortest.
    """
    tried: list[tuple[Slopes, float]] = []
    for shorter in SHORTER:
        slopes = probe.slopes(tensor, index, shorter * step)
        forgiven = tried[0][0].rounding if tried else slopes.rounding
        tried.append((slopes, slopes.error(analytic, forgiven)))
        if tried[-1][1] <= AGREES:
            return tried[-1]
    return tried[-1] if tried[-1][0].is_kink(analytic) else min(tried, key=lambda found: found[1])
