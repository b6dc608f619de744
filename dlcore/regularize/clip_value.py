"""Gradient clipping by value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.regularize.regulariser import Regulariser

if TYPE_CHECKING:
    import torch


class ClipValue(Regulariser):
    """Each number of the gradient is kept between −v and v; the direction changes where one is cut.

        g = max(−v, min(v, g))

    Source: Mikolov, 2012, "Statistical language models based on neural networks".
    """

    label = "Gradient clipping by value"

    kind: Literal["clip_value"] = "clip_value"
    value: float = number(
        0.5, above=0.0, high=1e6, scale="log", title="Largest v", help="Size that no number of the gradient exceeds."
    )

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """``torch.nn.utils.clip_grad_value_``."""
        from torch.nn.utils import clip_grad_value_

        if any(parameter.grad is not None for parameter in parameters):
            clip_grad_value_(parameters, self.value)
