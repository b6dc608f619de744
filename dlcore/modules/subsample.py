"""A shortcut that learns nothing."""

import torch
from torch import nn


class Subsample(nn.Module):
    """Every ``stride``-th pixel, and channels of zeros behind the others."""

    def __init__(self, stride: int, extra_channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.extra_channels = extra_channels

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) -> (batch, channels + extra, smaller, smaller); any number of axes."""
        axes = input.ndim - 2
        kept = input[(slice(None), slice(None), *[slice(None, None, self.stride)] * axes)]
        return nn.functional.pad(kept, (*[0] * (2 * axes), 0, self.extra_channels))
