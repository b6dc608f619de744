"""Pooling over all positions of a channel."""

import torch
from torch import nn


class GlobalAverage(nn.Module):
    """(batch, channels, ...) -> (batch, channels), the mean over the rest."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """The mean of each channel."""
        return input.mean(dim=tuple(range(2, input.ndim)))


class GlobalMax(nn.Module):
    """(batch, channels, ...) -> (batch, channels), the largest of the rest."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """The largest of each channel; equal ones share the gradient."""
        return input.amax(dim=tuple(range(2, input.ndim)))
