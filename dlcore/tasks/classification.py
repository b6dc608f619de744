"""Classification: scores for each class against one right class. Imports torch: only the training loop imports this."""

from __future__ import annotations

import torch
from torch import nn

from dlcore.batches import on_device
from dlcore.data.dataset import Examples
from dlcore.losses import Loss
from dlcore.modules.auxiliary_head import AuxiliaryLosses

EVALUATION_BATCH = 1000


class Classification:
    """How a batch becomes a loss, and a part becomes loss and accuracy."""

    def __init__(self, loss: Loss, device: torch.device, precision: str) -> None:
        self.criterion = loss.build().to(device)
        self.auxiliary = AuxiliaryLosses(self.criterion)
        self.device = device
        self.half = precision == "bfloat16"

    def loss(self, model: nn.Module, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """The mean loss of a batch, a scalar on the device; that of auxiliary heads is added by their weights."""
        inputs, labels = batch
        if not self.half:
            return self.auxiliary.added_to(self.criterion(model(inputs), labels), model, labels)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = model(inputs)
        return self.auxiliary.added_to(self.criterion(scores.float(), labels), model, labels)

    @torch.no_grad()
    def evaluate(self, model: nn.Module, part: tuple[torch.Tensor, torch.Tensor]) -> dict[str, float]:
        """{"loss", "accuracy"} of a part in evaluation mode; copied to the host once."""
        inputs, labels = part
        was_training = model.training
        model.eval()
        sums = torch.zeros(2, dtype=torch.float64, device=self.device)
        for start in range(0, len(labels), EVALUATION_BATCH):
            wanted = labels[start : start + EVALUATION_BATCH]
            with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half):
                scores = model(inputs[start : start + EVALUATION_BATCH])
            scores = scores.float()
            sums[0] += self.criterion(scores, wanted) * len(wanted)
            sums[1] += (scores.argmax(1) == wanted).sum()
        model.train(was_training)
        loss, accuracy = (sums / len(labels)).tolist()
        return {"loss": loss, "accuracy": accuracy}

    def part(self, examples: Examples) -> tuple[torch.Tensor, torch.Tensor]:
        """A part on the device."""
        return on_device(examples, self.device)
