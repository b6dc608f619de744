"""The softplus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Softplus(Layer):
    """log(1 + e^(βx)) / β: a smooth ReLU, whose derivative is the sigmoid of βx.

    Never 0; nears x on the right and 0 on the left.
    Source: Dugas, Bengio, Bélisle, Nadeau & Garcia, 2001, "Incorporating second-order functional knowledge for better
    option pricing".
    """

    stem = "softplus"

    kind: Literal["softplus"] = "softplus"
    beta: float = number(1.0, above=0.0, high=100.0, title="β", help="The higher, the nearer to a ReLU.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.Softplus``."""
        from torch import nn

        return nn.Softplus(self.beta, threshold=40)  # beyond it x is taken: exact in float64 as well
