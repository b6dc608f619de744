"""The multiclass hinge."""

import torch
from torch import nn


class MulticlassHinge(nn.Module):
    """Σ_{j≠y} max(0, s_j − s_y + Δ)^p, the mean over the batch.

    torch's ``MultiMarginLoss`` divides by the number of classes as well; this is the sum of the formula.
    """

    def __init__(self, margin: float, power: int) -> None:
        super().__init__()
        self.margin = margin
        self.power = power

    def forward(self, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(batch, classes), (batch,) -> a scalar."""
        violation = nn.functional.multi_margin_loss(scores, labels, p=self.power, margin=self.margin)
        return violation * scores.shape[1]
