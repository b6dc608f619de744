"""Several labels at once. Imports torch: only the training loop imports this."""

from __future__ import annotations

import torch

from dlcore.tasks.task import Task


class Multilabel(Task):
    """Targets are 0 or 1 for each label, (n, labels); a label is said to apply where its score is above 0."""

    def counts(self, scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """Right answers, true positives, labels said, labels wanted, and how many answers there are."""
        said, truly = scores > 0, wanted > 0.5
        found = [(said == truly).sum(), (said & truly).sum(), said.sum(), truly.sum()]
        return torch.stack([*found, torch.full_like(found[0], wanted.numel())]).double()

    def metrics(self, counts: list[float], examples: int) -> dict[str, float]:
        """{"accuracy": the share of right answers over all labels, "f1": 2TP / (said + wanted) over all labels}."""
        right, both, said, truly, answers = counts
        return {"accuracy": right / answers, "f1": 2 * both / (said + truly) if said + truly else 1.0}
