"""Plain gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch


class SGD(Optimizer):
    """A step against the gradient of a batch.

        w = w − lr · g

    Source: Robbins & Monro, 1951, "A stochastic approximation method".
    """

    label = "SGD"

    kind: Literal["sgd"] = "sgd"

    def build(self, params: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """``torch.optim.SGD``."""
        import torch

        return torch.optim.SGD(params, lr=self.lr, foreach=True)
