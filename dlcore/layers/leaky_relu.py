"""The leaky rectified linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class LeakyReLU(Layer):
    """max(x, slope · x): a ReLU that lets a little through on the left, so that no unit dies.

    Its derivative is 1 for x > 0 and the slope for x < 0.
    Source: Maas, Hannun & Ng, 2013, "Rectifier nonlinearities improve neural network acoustic models".
    """

    label = "Leaky ReLU"
    stem = "leaky_relu"

    kind: Literal["leaky_relu"] = "leaky_relu"
    slope: float = number(0.01, low=0.0, high=1.0, help="How steep it is left of 0.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.LeakyReLU``."""
        from torch import nn

        return nn.LeakyReLU(self.slope)
