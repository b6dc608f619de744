"""What all tasks share. Imports torch: only the training loop imports this."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dlcore.asking import Asked, Interrupted, never
from dlcore.batches import on_device
from dlcore.data.dataset import Examples
from dlcore.data.prepare import Parts
from dlcore.losses import Loss
from dlcore.modules.auxiliary_head import AuxiliaryLosses

MOST_EXAMPLES = 250  # of a batch that is evaluated: what stays in a processor's cache is done sooner
MOST_VALUES = 2**20  # of its inputs: large pictures in a large network need much memory
Part = tuple[torch.Tensor, torch.Tensor]


class Task:
    """How a batch becomes a loss, and a part becomes loss and metrics.

    A task says what it counts over a part (``counts``: sums over examples) and what that amounts to (``metrics``).
    """

    def __init__(self, loss: Loss, device: torch.device, precision: str) -> None:
        self.criterion = loss.build().to(device)
        self.auxiliary = AuxiliaryLosses(self.criterion)
        self.device = device
        self.half = precision == "bfloat16"

    def fitted(self, parts: Parts) -> Parts:
        """The parts with targets as the loss wants them; what is measured for that is of the training part."""
        return parts

    def counts(self, scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """Sums over the examples of a batch, float64 (m,), on the device."""
        raise TypeError(f"{type(self).__name__} does not say what it counts")

    def metrics(self, counts: list[float], examples: int) -> dict[str, float]:
        """What the sums over a part of so many examples amount to."""
        raise TypeError(f"{type(self).__name__} does not say its metrics")

    def scores(self, model: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
        """What the model says, (batch, outputs) in float32 or the inputs' own precision."""
        if not self.half:
            return model(inputs)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = model(inputs)
        return scores.float()

    def loss(self, model: nn.Module, batch: Part) -> torch.Tensor:
        """The mean loss of a batch, a scalar on the device; that of auxiliary heads is added by their weights."""
        inputs, wanted = batch
        return self.auxiliary.added_to(self.criterion(self.scores(model, inputs), wanted), model, wanted)

    @torch.no_grad()
    def evaluate(
        self, model: nn.Module, part: Part, scored: list[torch.Tensor] | None = None, asked: Asked = never
    ) -> dict[str, float]:
        """The loss and the metrics of a part in evaluation mode; copied to the host once.

        ``scored``, where it is given, takes the scores of each batch, in order. Raises Interrupted when ``asked`` says yes.
        """
        inputs, targets = part
        sums = []
        size = max(1, min(MOST_EXAMPLES, MOST_VALUES // max(1, inputs[0].numel())))
        with evaluation_mode(model):
            for start in range(0, len(targets), size):
                if asked():
                    raise Interrupted
                wanted = targets[start : start + size]
                scores = self.scores(model, inputs[start : start + size]).float()
                loss = (self.criterion(scores, wanted) * len(wanted)).double()
                sums.append(torch.cat([loss.reshape(1), self.counts(scores, wanted)]))
                if scored is not None:
                    scored.append(scores)
        loss, *counts = torch.stack(sums).sum(0).tolist()
        return {"loss": loss / len(targets), **self.metrics(counts, len(targets))}

    def in_own_units(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores (n, outputs) in the units of the data's own targets."""
        return scores

    def part(self, examples: Examples) -> Part:
        """A part on the device."""
        return on_device(examples, self.device)


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Within, dropout rests and batch normalisation uses its running averages."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
