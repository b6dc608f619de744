"""Paths side by side, and the ways to join them."""

from collections.abc import Mapping

import torch
from torch import nn


class BranchesModule(nn.Module):
    """after(join([path(before(x)) for each path])), with the paths as children of their own names."""

    def __init__(self, before: nn.Module, paths: Mapping[str, nn.Module], join: nn.Module, after: nn.Module) -> None:
        super().__init__()
        self.before = before
        self.path_names = tuple(paths)
        for name, path in paths.items():
            self.add_module(name, path)
        self.join = join
        self.after = after

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """What the paths make of the input, joined."""
        input = self.before(input)
        return self.after(self.join([getattr(self, name)(input) for name in self.path_names]))


class SumOf(nn.Module):
    """scale · first + the others."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """The sum, of the shape of each."""
        total = inputs[0] if self.scale == 1.0 else self.scale * inputs[0]
        for other in inputs[1:]:
            total = total + other
        return total


class ConcatenationOf(nn.Module):
    """All channels, path after path."""

    def forward(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """(batch, channels of all, ...)."""
        return torch.cat(inputs, 1)


class GateOf(nn.Module):
    """T · transformed + (1 − T) · carried, where T = σ(gate + bias)."""

    def __init__(self, bias: float) -> None:
        super().__init__()
        self.bias = bias

    def forward(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """(transformed, gate, carried) -> their mixture."""
        transformed, gate, carried = inputs
        opening = torch.sigmoid(gate + self.bias)
        return opening * transformed + (1 - opening) * carried
