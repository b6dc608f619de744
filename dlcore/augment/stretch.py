"""Stretching."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import number

if TYPE_CHECKING:
    import torch


class Stretch(Augmentation):
    """Stretches or squeezes a picture around its middle, in height and in width by factors of their own.

        log factor ~ U(−log most, log most), for each side

    Where a squeezed picture ends, its border goes on.
    Source: Simard, Steinkraus & Platt, 2003, "Best practices for convolutional neural networks", section 2 (affine
    distortions).
    """

    kind: Literal["stretch"] = "stretch"
    most: float = number(
        1.2,
        low=1.0,
        high=3.0,
        title="Largest factor",
        help="1.2: a side becomes up to 20 % longer, or as much shorter.",
    )

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        from dlcore.augment.windows import show_windows

        draws = 2 * torch.rand(2, len(pictures), device=pictures.device, dtype=pictures.dtype) - 1
        height, width = (math.log(self.most) * draws).exp()
        middle = torch.zeros_like(height)
        return show_windows(pictures, (height, width), (middle, middle))
