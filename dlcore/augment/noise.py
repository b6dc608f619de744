"""Gaussian noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import number

if TYPE_CHECKING:
    import torch


class Noise(Augmentation):
    """Adds to every input a draw of its own, x + σ · N(0, 1): a regulariser, for pictures and for rows.

    It works on inputs as preprocessing leaves them, so σ is in their unit: a deviation, where they are standardised.
    Source: Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """

    label = "Gaussian noise"
    pictures_only = False

    kind: Literal["noise"] = "noise"
    deviation: float = number(0.1, low=0.0, high=10.0, title="σ", help="Standard deviation of what is added.")

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each number by its own draw."""
        import torch

        return pictures + self.deviation * torch.randn_like(pictures)
