"""Regression: numbers against numbers. Imports torch: only the training loop imports this."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from dlcore.data.dataset import Examples
from dlcore.data.prepare import Parts
from dlcore.tasks.task import Task


class Regression(Task):
    """Targets are numbers, (n, outputs), trained in units of their deviation about their mean in the training part.

    The loss is in those units, so that one learning rate serves prices as well as grades; the mean absolute error is
    given in the data's own.
    """

    def fitted(self, parts: Parts) -> Parts:
        """Targets less their mean, by their deviation; both are the training part's."""
        targets = parts.training.labels.astype(np.float64)
        self.mean, self.deviation = targets.mean(0), targets.std(0)
        self.deviation[self.deviation == 0.0] = 1.0
        self.unit = torch.from_numpy(self.deviation).to(self.device)

        def scaled(examples: Examples) -> Examples:
            labels = (examples.labels - self.mean) / self.deviation
            return Examples(examples.inputs, labels.astype(np.float32))

        return replace(
            parts,
            training=scaled(parts.training),
            validation=scaled(parts.validation),
            test=scaled(parts.test),
            train_dev=scaled(parts.train_dev),
        )

    def in_own_units(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Times the deviation, plus the mean."""
        return scores * self.deviation + self.mean

    def counts(self, scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """For each output Σe², Σy, Σy²; then the absolute errors in the data's own units, summed."""
        errors, wanted = scores.double() - wanted.double(), wanted.double()
        away = (errors.abs() * self.unit.to(errors.device)).sum()
        return torch.cat([(errors**2).sum(0), wanted.sum(0), (wanted**2).sum(0), away.reshape(1)])

    def metrics(self, counts: list[float], examples: int) -> dict[str, float]:
        """{"r2": 1 − Σe²/Σ(y − ȳ)², the mean over the outputs; "mae": the mean absolute error}; r2 is 0 for a constant target."""
        squares, sums, sums_of_squares = np.reshape(counts[:-1], (3, -1))
        spread = sums_of_squares - sums**2 / examples
        r2 = np.where(spread > 1e-12 * examples, 1.0 - squares / np.maximum(spread, 1e-300), 0.0)
        return {"r2": float(r2.mean()), "mae": counts[-1] / (examples * len(squares))}
