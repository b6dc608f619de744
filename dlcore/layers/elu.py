"""The exponential linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class ELU(Layer):
    """x for x > 0, else α(eˣ − 1): its mean is nearer 0 than that of a ReLU.

    It saturates at −α on the left; its derivative there is αeˣ, 1 on the right.
    Source: Clevert, Unterthiner & Hochreiter, 2016, "Fast and accurate deep network learning by exponential linear
    units (ELUs)".
    """

    label = "ELU"
    stem = "elu"

    kind: Literal["elu"] = "elu"
    alpha: float = number(1.0, above=0.0, high=10.0, title="α", help="Where it ends on the left: at −α.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.ELU``."""
        from torch import nn

        return nn.ELU(self.alpha)
