"""A convolution whose filters are not shared."""

import math

import torch
from torch import nn
from torch.nn import functional


class LocallyConnected(nn.Module):
    """(batch, D, H, W) -> (batch, K, H', W').

    weight: (H'·W'·K, D·F·F), a row for each number that comes out, position by position; bias: (H'·W'·K,). So a row's
    length is its fan-in, as in a linear module.
    """

    bias: nn.Parameter | None

    def __init__(
        self, channels: int, out: tuple[int, ...], size: int, stride: int, padding: int, bias: bool = True
    ) -> None:
        super().__init__()
        self.out = out
        self.size, self.stride, self.padding = size, stride, padding
        fan_in = channels * size**2
        self.weight = nn.Parameter(torch.empty(math.prod(out), fan_in))
        self.register_parameter("bias", nn.Parameter(torch.zeros(math.prod(out))) if bias else None)
        nn.init.normal_(self.weight, std=1 / math.sqrt(fan_in))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Each window times the weights of its position."""
        filters, height, width = self.out
        columns = functional.unfold(input, self.size, padding=self.padding, stride=self.stride)
        weight = self.weight.view(height * width, filters, -1)
        out = torch.einsum("bip,pki->bkp", columns, weight)
        if self.bias is not None:
            out = out + self.bias.view(height * width, filters).T
        return out.unflatten(2, (height, width))

    @property
    def groups(self) -> int:
        """How many linear maps the weight holds, one for each position: an initialiser fills them one by one."""
        return self.out[1] * self.out[2]

    @property
    def fans(self) -> tuple[int, int]:
        """How many numbers a unit sees, and how many units see a number (but for the edges)."""
        return self.weight.shape[1], self.out[0] * self.size**2
