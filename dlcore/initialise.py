"""Applying an initialiser to a network. Imports torch: only the training loop imports this."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from dlcore.init.initialiser import Initialiser


@torch.no_grad()
def initialise(model: nn.Module, initialiser: Initialiser, seed: int, batch: torch.Tensor | None = None) -> None:
    """Fill every weight of two or more dimensions by the rule, and the biases beside them with its constant.

    ``batch``: inputs of the first training batch, for rules that look at data. Batch normalisation is left alone: its
    scale has one dimension.
    """
    generator = torch.Generator().manual_seed(seed)
    layers = [module for module in model.modules() if has_weights(module)]
    for layer in layers:
        fan_in, fan_out = fans(layer)
        for weight in linear_maps(layer):
            initialiser.fill(weight, fan_in, fan_out, generator)
        if isinstance(getattr(layer, "bias", None), nn.Parameter):
            nn.init.constant_(layer.bias, initialiser.bias)  # type: ignore[arg-type]
    initialiser.calibrate(model, layers, batch)


def has_weights(module: nn.Module) -> bool:
    """Whether it has a weight of its own that maps inputs to units."""
    weight = getattr(module, "weight", None)
    return isinstance(weight, nn.Parameter) and weight.ndim >= 2


def fans(layer: nn.Module) -> tuple[int, int]:
    """(how many numbers a unit sums, how many units see a number), the edges of a picture left out of account.

    A convolution: channels / groups × F × F. A transposed one with stride S: each number it makes is a sum over
    channels / groups × (F / S)² on average. A module that knows better says so by ``fans``.
    """
    if hasattr(layer, "fans"):
        return layer.fans  # type: ignore[return-value]
    weight, groups = own(layer)
    window = math.prod(weight.shape[2:])
    if not getattr(layer, "transposed", False):
        return weight.shape[1] * window, weight.shape[0] // groups * window
    places = math.prod(layer.stride)  # type: ignore[arg-type]
    return max(1, round(weight.shape[0] // groups * window / places)), weight.shape[1] * window


def linear_maps(layer: nn.Module) -> Iterator[torch.Tensor]:
    """The weight as views (units, *what one unit sums), one for each group: groups see different inputs."""
    weight, groups = own(layer)
    for part in weight.chunk(groups) if groups > 1 else (weight,):
        yield part.transpose(0, 1) if getattr(layer, "transposed", False) else part


def own(layer: nn.Module) -> tuple[torch.Tensor, int]:
    """(weight, groups): a layer with ``groups`` is so many maps beside each other, in equal parts of the first dimension."""
    return layer.weight, int(getattr(layer, "groups", 1))  # type: ignore[return-value]
