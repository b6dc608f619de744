"""Gradient clipping by norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.regularize.regulariser import Regulariser

if TYPE_CHECKING:
    import torch


class ClipNorm(Regulariser):
    """A gradient that is longer than a limit is cut back to it; its direction stays.

        g = g · min(1, c / ‖g‖₂)        ‖g‖ over all parameters at once, biases too; 1e-6 is added to the norm

    Keeps one bad batch, or a steep wall of the loss, from throwing the weights far away.
    Source: Pascanu, Mikolov & Bengio, 2013, "On the difficulty of training recurrent neural networks".
    """

    label = "Gradient clipping by norm"

    kind: Literal["clip_norm"] = "clip_norm"
    c: float = number(
        5.0,
        above=0.0,
        high=1e6,
        scale="log",
        title="Longest c",
        help="Norm of the whole gradient; 5, 10 and 15 are usual.",
    )

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """``torch.nn.utils.clip_grad_norm_``."""
        from torch.nn.utils import clip_grad_norm_

        clip_grad_norm_(parameters, self.c)
