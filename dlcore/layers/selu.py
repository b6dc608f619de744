"""The self-normalising exponential linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class SELU(Layer):
    """λx for x > 0, else λα(eˣ − 1): pulls activations towards mean 0 and variance 1 by itself.

    λ = 1.0507009873554805 and α = 1.6732632423543772 make that pair a fixed point. It wants weights from a normal
    distribution of variance 1/inputs, and takes the place of batch normalisation in networks of fully connected layers.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, 2017, "Self-normalizing neural networks".
    """

    label = "SELU"
    stem = "selu"

    kind: Literal["selu"] = "selu"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.SELU``."""
        from torch import nn

        return nn.SELU()
