"""Several modules on the same input, their outputs as one row."""

import torch
from torch import nn


class SideBySide(nn.ModuleList):
    """(batch, ...) -> (batch, sum of the outputs' sizes)."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Each module's output, flattened, one after the other."""
        return torch.cat([module(input).flatten(1) for module in self], dim=1)
