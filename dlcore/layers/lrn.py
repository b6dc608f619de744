"""Local response normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import count, number
from dlcore.layers.fitting import grid
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class LRN(Layer):
    """Divides each number by what its neighbours in other channels have at the same place.

        b_i = a_i / (k + α Σ_j a_j²)^β,  j = max(0, i − ⌊n/2⌋) ... min(N − 1, i + ⌈n/2⌉ − 1)

    α is the paper's, which multiplies the sum; torch's own parameter multiplies the mean over n, so it is given α·n.
    Shapes: any with channels -> the same.
    Source: Krizhevsky, Sutskever & Hinton, 2012, "ImageNet classification with deep convolutional neural networks",
    section 3.3.
    """

    label = "Local response normalisation"
    stem = "norm"

    kind: Literal["lrn"] = "lrn"
    k: float = number(2.0, above=0.0, high=100.0, help="What the sum is added to; keeps the division finite.")
    n: int = count(5, high=255, help="Channels that are summed, with the number's own in the middle.")
    alpha: float = number(1e-4, above=0.0, high=10.0, scale="log", title="α", help="Weight of the sum of squares.")
    beta: float = number(0.75, above=0.0, high=10.0, title="β", help="Power of the divisor.")

    def output_shape(self, shape: Shape) -> Shape:
        """As it came."""
        grid(shape, "local response normalisation")
        return shape

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.LocalResponseNorm``."""
        from torch import nn

        return nn.LocalResponseNorm(self.n, alpha=self.alpha * self.n, beta=self.beta, k=self.k)
