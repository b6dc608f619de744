"""Applying an initialiser to a network. Imports torch: only the training loop imports this."""

import torch
from torch import nn

from dlcore.init.initialiser import Initialiser


@torch.no_grad()
def initialise(model: nn.Module, initialiser: Initialiser, seed: int) -> None:
    """Fill every weight of two or more dimensions by the rule, and set the biases beside them to 0.

    fan_in and fan_out count a convolution's window: channels × F × F.
    """
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        weight = getattr(module, "weight", None)
        if not isinstance(weight, nn.Parameter) or weight.ndim < 2:
            continue
        window = weight[0, 0].numel()
        initialiser.fill(weight, weight.shape[1] * window, weight.shape[0] * window, generator)
        if isinstance(getattr(module, "bias", None), nn.Parameter):
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]
