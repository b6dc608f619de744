"""Padding and cropping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import count

if TYPE_CHECKING:
    import torch


class Crop(Augmentation):
    """Adds a border of zeros and cuts the picture's own size out at a random place, which shifts it by up to the border.

    Source: He et al., 2016, "Deep residual learning for image recognition", section 4.2 (4 pixels on CIFAR-10).
    """

    label = "Pad and crop"

    kind: Literal["crop"] = "crop"
    padding: int = count(4, high=32, help="Pixels of the border, so the largest shift.")

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        n, channels, height, width = pictures.shape
        border = self.padding
        padded = torch.nn.functional.pad(pictures, (border, border, border, border))
        top, left = torch.randint(0, 2 * border + 1, (2, n), device=pictures.device)
        rows = (top[:, None] + torch.arange(height, device=pictures.device))[:, None, :, None]
        columns = (left[:, None] + torch.arange(width, device=pictures.device))[:, None, None, :]
        examples = torch.arange(n, device=pictures.device)[:, None, None, None]
        return padded[examples, torch.arange(channels, device=pictures.device)[None, :, None, None], rows, columns]
