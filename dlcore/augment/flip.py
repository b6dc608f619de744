"""Mirroring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import number

if TYPE_CHECKING:
    import torch


class Flip(Augmentation):
    """Mirrors a picture left to right, with a probability. Not for digits and letters.

    Source: Krizhevsky et al., 2012, "ImageNet classification with deep convolutional neural networks", section 4.1.
    """

    label = "Flip left to right"

    kind: Literal["flip"] = "flip"
    probability: float = number(0.5, low=0.0, high=1.0, help="How often a picture is mirrored.")

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        mirrored = torch.rand(len(pictures), device=pictures.device) < self.probability
        return torch.where(mirrored[:, None, None, None], pictures.flip(-1), pictures)
