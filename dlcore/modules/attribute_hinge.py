"""The hinge of each attribute."""

import torch
from torch import nn


class AttributeHinge(nn.Module):
    """Σ_j max(0, 1 − y_j f_j), y_j = 2t_j − 1 for targets t_j of 0 and 1; the mean over the batch."""

    def forward(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """(batch, n), (batch, n) -> a scalar."""
        signs = 2 * targets.view_as(scores).to(scores.dtype) - 1
        return torch.relu(1 - signs * scores).sum() / len(scores)
