"""Plain gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class SGD(Optimizer):
    """A step against the gradient of a batch. The simplest there is: start here to see what the others add.

        w = w − lr · g

    The batch size makes it stochastic (1), mini-batch, or full-batch descent (all examples).
    Source: Robbins & Monro, 1951, "A stochastic approximation method".
    """

    label = "SGD"

    kind: Literal["sgd"] = "sgd"

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.SGD``."""
        import torch

        return torch.optim.SGD(params, lr=self.lr, fused=True)
