"""Squared error of sigmoids against one-hot classes."""

import torch
from torch import nn


class SigmoidSquaredError(nn.Module):
    """Σ_j (σ(f_j) − onehot(y)_j)², the mean over the batch."""

    def forward(self, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(batch, classes), (batch,) -> a scalar."""
        # Not ``one_hot``: it looks at the labels' values, for which the host would wait on a GPU.
        wanted = torch.zeros_like(scores).scatter_(1, labels[:, None], 1.0)
        return nn.functional.mse_loss(torch.sigmoid(scores), wanted, reduction="sum") / len(scores)
