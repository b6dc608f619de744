"""A running average of the weights during training. Imports torch: only the training loop imports this."""

from __future__ import annotations

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def averaged(model: nn.Module, decay: float) -> AveragedModel:
    """A copy of ``model`` whose weights follow it: average = decay · average + (1 − decay) · weights, after each step.

    Starts at the weights after the first step; batch normalisation's running averages are averaged likewise.
    Source: Polyak & Juditsky, 1992, "Acceleration of stochastic approximation by averaging"; torch's ``AveragedModel``.
    """
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True)
