"""A loss for each output, summed."""

import torch
from torch import nn


class Summed(nn.Module):
    """Any of torch's losses with ``reduction="sum"``: summed over the outputs, the mean over the batch.

    torch's ``reduction="mean"`` divides by the number of outputs as well, so that the learning rate would mean less the
    more outputs there are.
    """

    def __init__(self, total: nn.Module) -> None:
        super().__init__()
        self.total = total

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """(batch, n), (batch, n) or (batch,) when n = 1 -> a scalar."""
        # As they are, (batch, 1) against (batch,) would be spread to every pair of examples.
        targets = targets.view_as(outputs).to(outputs.dtype)
        return self.total(outputs, targets) / len(outputs)
