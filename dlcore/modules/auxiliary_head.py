"""A classifier in the middle of a network."""

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn


class AuxiliaryHeadModule(nn.Sequential):
    """Hands its input on unchanged; while training, its layers make scores of it, which wait in ``scores``.

    Whoever computes the loss takes them from there (and sets ``scores`` to None, so that no graph is kept alive).
    """

    def __init__(self, layers: nn.Sequential, weight: float) -> None:
        super().__init__(OrderedDict(layers.named_children()))
        self.loss_weight = weight
        self.scores: torch.Tensor | None = None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """The input."""
        self.scores = super().forward(input) if self.training else None
        return input


class AuxiliaryLosses:
    """Adds to a loss what the auxiliary heads of a model say: loss + Σ weight · criterion(scores, wanted)."""

    def __init__(self, criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> None:
        self.criterion = criterion
        self._model: nn.Module | None = None
        self._heads: list[AuxiliaryHeadModule] = []

    def added_to(self, loss: torch.Tensor, model: nn.Module, wanted: torch.Tensor) -> torch.Tensor:
        """The loss itself where the last forward pass of ``model`` left no scores."""
        if model is not self._model:  # looked for once, since every step asks
            self._model = model
            self._heads = [module for module in model.modules() if isinstance(module, AuxiliaryHeadModule)]
        for head in self._heads:
            if head.scores is not None:
                loss = loss + head.loss_weight * self.criterion(head.scores.float(), wanted)
                head.scores = None
        return loss
