"""Cutout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import count

if TYPE_CHECKING:
    import torch


class Cutout(Augmentation):
    """Sets a square at a random place of each picture to zero, which is the mean where inputs are centred.

    Its middle is any pixel of the picture, so that a part of the square may lie outside.
    Source: DeVries & Taylor, 2017, "Improved regularization of convolutional neural networks with cutout" (16 of 32 pixels
    on CIFAR-10, 8 on CIFAR-100).
    """

    kind: Literal["cutout"] = "cutout"
    size: int = count(8, high=512, help="Side of the square in pixels.")

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        n, _, height, width = pictures.shape
        device = pictures.device
        top = torch.randint(0, height, (n, 1), device=device) - self.size // 2
        left = torch.randint(0, width, (n, 1), device=device) - self.size // 2
        rows = torch.arange(height, device=device) - top
        columns = torch.arange(width, device=device) - left
        down, across = (rows >= 0) & (rows < self.size), (columns >= 0) & (columns < self.size)
        return pictures.masked_fill((down[:, :, None] & across[:, None, :])[:, None], 0.0)
