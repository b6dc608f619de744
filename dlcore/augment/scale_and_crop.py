"""A part of the picture, enlarged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import number

if TYPE_CHECKING:
    import torch


class ScaleAndCrop(Augmentation):
    """Cuts out a rectangle of random area, shape and place, and enlarges it to the picture's own size.

        area ~ U(smallest, 1) of the picture's;  log(width / height) ~ U(−log r, log r)

    A side never exceeds the picture's. Learns objects at many sizes, as the random sizes of VGG's training do.
    Source: Szegedy et al., 2015, "Going deeper with convolutions", section 6 (area from 8 %, r = 4/3);
    Simonyan & Zisserman, 2015, "Very deep convolutional networks", section 3.1.
    """

    label = "Scale and crop"

    kind: Literal["scale_and_crop"] = "scale_and_crop"
    smallest: float = number(
        0.5, low=0.05, high=1.0, title="Smallest area", help="Least share of the picture that is kept."
    )
    ratio: float = number(
        4 / 3, low=1.0, high=4.0, title="Aspect", help="How much wider than high, or higher than wide, at most."
    )

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        from dlcore.augment.windows import show_windows

        area, shape, down, right = torch.rand(4, len(pictures), device=pictures.device, dtype=pictures.dtype)
        area = self.smallest + (1 - self.smallest) * area
        half = 0.5 * math.log(self.ratio) * (2 * shape - 1)
        width = (area.sqrt() * half.exp()).clamp(max=1)
        height = (area.sqrt() * (-half).exp()).clamp(max=1)
        places = ((1 - height) * (2 * down - 1), (1 - width) * (2 * right - 1))
        return show_windows(pictures, (height, width), places)
