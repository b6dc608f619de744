"""Batch normalisation that survives a batch of one number per channel."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


class _Alone(_BatchNorm):
    """The last batch of an epoch may be a single example, whose variance is 0: torch refuses it.

    There the running averages are taken, as at evaluation, and they stay as they are.
    """

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """γẑ + β."""
        if not self.training or input.numel() > input.shape[1]:
            return super().forward(input)
        return functional.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, training=False, eps=self.eps
        )


class BatchNorm1d(_Alone, nn.BatchNorm1d):
    """For (batch, units) and (batch, channels, length)."""


class BatchNorm2d(_Alone, nn.BatchNorm2d):
    """For (batch, channels, height, width)."""


class BatchNorm3d(_Alone, nn.BatchNorm3d):
    """For (batch, channels, frames, height, width)."""
