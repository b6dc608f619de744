"""Classification: scores for each class against one right class. Imports torch: only the training loop imports this."""

from __future__ import annotations

import torch

from dlcore.tasks.task import Task


class Classification(Task):
    """Labels are whole numbers, (n,); the class of the highest score is the answer."""

    def counts(self, scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """How many answers are right."""
        return (scores.argmax(1) == wanted).sum().double().reshape(1)

    def metrics(self, counts: list[float], examples: int) -> dict[str, float]:
        """{"accuracy": (TP + TN) / all}."""
        return {"accuracy": counts[0] / examples}
