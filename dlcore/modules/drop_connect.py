"""A linear module that loses weights while it trains."""

import torch
from torch import nn
from torch.nn import functional


class DropConnectLinear(nn.Linear):
    """(batch, *shape) -> (batch, units), with a new mask on the weights for each batch."""

    def __init__(self, inputs: int, units: int, rate: float, bias: bool) -> None:
        super().__init__(inputs, units, bias)
        self.rate = rate

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """x(M∘W)/(1 − rate) + b in training, xW + b at evaluation."""
        weight = functional.dropout(self.weight, self.rate, self.training)
        return functional.linear(input.flatten(1), weight, self.bias)
