"""Showing a window of each picture in the picture's own size, for a whole batch at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def show_windows(
    pictures: torch.Tensor, sizes: tuple[torch.Tensor, torch.Tensor], places: tuple[torch.Tensor, torch.Tensor]
) -> torch.Tensor:
    """Each picture's window, enlarged or shrunk to the picture's size by bilinear interpolation.

    sizes: (heights, widths), each (batch,), 1 for the whole picture; places: (down, right), each (batch,), where the
    window's middle is: 0 for the picture's own, −1 and 1 for its edges. Beyond the picture its border goes on.
    """
    import torch

    (height, width), (down, right) = sizes, places
    theta = torch.zeros(len(pictures), 2, 3, device=pictures.device, dtype=pictures.dtype)
    theta[:, 0, 0], theta[:, 0, 2] = width, right
    theta[:, 1, 1], theta[:, 1, 2] = height, down
    grid = torch.nn.functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    return torch.nn.functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
