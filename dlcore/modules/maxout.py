"""The largest of several linear pieces."""

import torch
from torch import nn


class Maxout(nn.Linear):
    """(batch, *shape) -> (batch, units). Row u·k + j of the weight belongs to piece j of unit u."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__(inputs, units * pieces)
        self.units = units
        self.pieces = pieces

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """max_j (xW_j + b_j); where pieces are equal, one of them has the gradient."""
        every = super().forward(input.flatten(1))
        return every.unflatten(1, (self.units, self.pieces)).max(dim=2).values
