"""The Gaussian error linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class GELU(Layer):
    """x · Φ(x), with Φ the distribution function of the normal distribution.

        tanh form: ½x(1 + tanh(√(2/π)(x + 0.044715x³)))

    Smooth, a little below 0 left of 0; usual in transformers.
    Source: Hendrycks & Gimpel, 2016, "Gaussian error linear units (GELUs)".
    """

    label = "GELU"
    stem = "gelu"

    kind: Literal["gelu"] = "gelu"
    form: Literal["exact", "tanh"] = choice("exact", help="Φ itself, or the paper's approximation by a tanh.")

    def build(self, shape: Shape) -> nn.Module:
        """``torch.nn.GELU``."""
        from torch import nn

        return nn.GELU("none" if self.form == "exact" else "tanh")
