"""Brightness, contrast and saturation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.augment.augmentation import Augmentation
from dlcore.fields import number

if TYPE_CHECKING:
    import torch


class ColourJitter(Augmentation):
    """Changes a picture's contrast, saturation and brightness by random amounts.

        x ← m + c (x − m),  m the picture's mean,               c ~ U(1 − contrast, 1 + contrast)
        x ← g + s (x − g),  g each pixel's mean over the channels,  s ~ U(1 − saturation, 1 + saturation)
        x ← x + b,                                              b ~ U(−brightness, brightness)

    It works on inputs as preprocessing leaves them, so brightness is in their unit: a deviation, where they are
    standardised. Saturation only changes pictures of three channels; contrast and saturation keep the picture's mean.
    Source: Howard, 2013, "Some improvements on deep convolutional neural network based image classification", section 2.
    """

    label = "Colour jitter"

    kind: Literal["colour_jitter"] = "colour_jitter"
    brightness: float = number(0.2, low=0.0, high=3.0, help="Largest shift of all pixels.")
    contrast: float = number(0.2, low=0.0, high=1.0, help="Largest relative change of differences within a picture.")
    saturation: float = number(0.2, low=0.0, high=1.0, help="Largest relative change of differences between colours.")

    def apply(self, pictures: torch.Tensor) -> torch.Tensor:
        """Each picture by its own draw."""
        import torch

        draws = 2 * torch.rand(3, len(pictures), 1, 1, 1, device=pictures.device, dtype=pictures.dtype) - 1
        mean = pictures.mean((1, 2, 3), keepdim=True)
        changed = mean + (1 + self.contrast * draws[0]) * (pictures - mean)
        if pictures.shape[1] == 3:
            grey = changed.mean(1, keepdim=True)
            changed = grey + (1 + self.saturation * draws[1]) * (changed - grey)
        return changed + self.brightness * draws[2]
