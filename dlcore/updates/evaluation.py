"""Which weights are evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def evaluated_weights(optimizer: torch.optim.Optimizer) -> Iterator[None]:
    """Within, the weights are those to evaluate: for an optimizer that averages them (it has ``eval`` and ``train``), the average."""
    averages = hasattr(optimizer, "eval") and hasattr(optimizer, "train")
    if averages:
        optimizer.eval()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if averages:
            optimizer.train()  # type: ignore[attr-defined]


def settle(optimizer: torch.optim.Optimizer) -> None:
    """The weights as they are now are those to evaluate from now on: they were put there, and training is over."""
    if hasattr(optimizer, "settle"):
        optimizer.settle()
