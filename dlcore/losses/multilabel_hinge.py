"""The hinge for many labels per example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.losses.loss import Loss

if TYPE_CHECKING:
    from torch import nn


class MultilabelHinge(Loss):
    """Wants the score of each attribute above 1 where it holds and below −1 where it does not.

        L = Σ_j max(0, 1 − y_j f_j)         y_j = +1 or −1

    Targets are given as 0 and 1 and mapped inside. Its value at the start is the number of attributes. Summed over the
    attributes, the mean over the batch.
    Shapes: scores (batch, n), targets (batch, n) -> ().
    Source: Cortes & Vapnik, 1995, "Support-vector networks", one for each attribute.
    """

    label = "Per-attribute hinge"
    tasks = ("multilabel",)

    kind: Literal["multilabel_hinge"] = "multilabel_hinge"

    def build(self) -> nn.Module:
        """``AttributeHinge``."""
        from dlcore.modules.attribute_hinge import AttributeHinge

        return AttributeHinge()

    def initial(self, outputs: int) -> float | None:
        """1 for each attribute."""
        return float(outputs)
