"""Mirroring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import choice, number

if TYPE_CHECKING:
    import torch


class Flip(Augmentation):
    """Mirrors a picture left to right, or upside down, with a probability. Not for digits and letters.

    Source: Krizhevsky et al., 2012, "ImageNet classification with deep convolutional neural networks", section 4.1.
    """

    label = "Flip"

    kind: Literal["flip"] = "flip"
    probability: float = number(0.5, low=0.0, high=1.0, help="How often a picture is mirrored.")
    direction: Literal["horizontal", "vertical"] = choice(
        "horizontal", help="Left to right, or upside down, which suits pictures from above or of cells."
    )

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        mirrored = torch.rand(len(pictures), device=pictures.device) < self.probability
        axis = -1 if self.direction == "horizontal" else -2
        return torch.where(mirrored[:, None, None, None], pictures.flip(axis), pictures)
