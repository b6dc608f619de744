"""The max-norm constraint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.regularize.regulariser import Regulariser

if TYPE_CHECKING:
    import torch


class MaxNorm(Regulariser):
    """No unit's incoming weights may be longer than c; longer ones are cut back to it after each step.

        w = w · min(1, c / ‖w‖₂)        for each unit's, or filter's, weights w; 1e-7 is added to the norm

    Weights cannot explode, even at a large learning rate. A unit is a row of the weight, its first dimension (of a
    transposed convolution: an input channel).
    Source: Srebro & Shraibman, 2005, "Rank, trace-norm and max-norm"; beside dropout: Srivastava et al., 2014, "Dropout: a
    simple way to prevent neural networks from overfitting".
    """

    label = "Max-norm"

    kind: Literal["max_norm"] = "max_norm"
    c: float = number(
        3.0, above=0.0, high=1e3, scale="log", title="Longest c", help="Norm of a unit's weights; 3 or 4 are usual."
    )

    def after_step(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """``torch.renorm`` of each weight's rows."""
        for weight in weights:
            weight.detach().renorm_(2, 0, self.c)
