"""The sigmoid linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class SiLU(Layer):
    """x / (1 + e⁻ˣ), x times its sigmoid; known as swish too.

    Smooth, with its lowest point of −0.278 at x = −1.278.
    Source: Elfwing, Uchibe & Doya, 2018, "Sigmoid-weighted linear units for neural network function approximation in
    reinforcement learning"; Ramachandran, Zoph & Le, 2017, "Searching for activation functions".
    """

    label = "SiLU"
    stem = "silu"

    kind: Literal["silu"] = "silu"

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.SiLU``."""
        from torch import nn

        return nn.SiLU()
