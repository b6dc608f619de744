"""A linear module that takes pictures as they are."""

import torch
from torch import nn


class FlatLinear(nn.Linear):
    """``nn.Linear`` on the flattened example: (batch, *shape) -> (batch, out_features)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """xW + b."""
        return super().forward(input.flatten(1))
