"""The parametric rectified linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, number
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class PReLU(Layer):
    """max(0, x) + slope · min(0, x), a leaky ReLU whose slope is learned.

    Parameters: a slope for each channel (each unit of a row), or a single one.
    Source: He, Zhang, Ren & Sun, 2015, "Delving deep into rectifiers".
    """

    label = "PReLU"
    stem = "prelu"

    kind: Literal["prelu"] = "prelu"
    start: float = number(0.25, low=0.0, high=1.0, title="First slope", help="The slope that learning starts from.")
    per_channel: bool = choice(True, title="Per channel", help="A slope for each channel; otherwise one for all.")

    def parameters(self, shape: Shape) -> int:
        """The slopes."""
        return shape[0] if self.per_channel else 1

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.PReLU``."""
        from torch import nn

        return nn.PReLU(self.parameters(shape), init=self.start)
