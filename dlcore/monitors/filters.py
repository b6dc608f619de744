"""Pictures of what the first layer looks for, and how noisy they are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from torch import nn

from dlcore.events import Picture
from dlcore.layers.layer import Shape
from dlcore.monitors.noise import filter_noise

MOST_TILES = 64
GAP = 1
GAP_GREY = 24


def first_layer_picture(model: nn.Module, shape: Shape, step: int, epoch: float) -> Picture | None:
    """The first layer's filters (or the weights of a linear first layer, shaped like the input) as tiles of one picture.

    Grey 128 is a weight of 0; the largest weight of the picture, positive or negative, is white or black. None without weights.
    """
    found = first_layer_filters(model, shape)
    if found is None:
        return None
    name, filters = found
    tiles = filters[:MOST_TILES]
    largest = float(np.nanmax(np.abs(tiles), initial=0.0, where=np.isfinite(tiles))) or 1.0
    pixels = tiled(np.nan_to_num(tiles / largest, nan=0.0, posinf=1.0, neginf=-1.0))
    details = {"tiles": len(tiles), "of": len(filters), "tile_height": tiles.shape[2], "tile_width": tiles.shape[3]}
    return Picture("filters", name, step, epoch, pixels, {**details, "largest": largest})


def first_layer_noise(model: nn.Module, shape: Shape) -> dict[str, float]:
    """``filter_noise/LAYER``; empty where weights have no neighbours: 1 × 1 filters, or inputs that are no pictures."""
    found = first_layer_filters(model, shape)
    noise = filter_noise(found[1]) if found and len(shape) == 3 else None
    return {} if found is None or noise is None else {f"filter_noise/{found[0]}": noise}


def first_layer_filters(model: nn.Module, shape: Shape) -> tuple[str, NDArray[np.float32]] | None:
    """(name, filters (n, channels, height, width)) of the first layer that sees the input; None without one."""
    found = next(((name, m) for name, m in model.named_modules() if sees_input(m, shape)), None)
    if found is None:
        return None
    name, module = found
    weight = module.weight.detach().float().cpu().numpy()
    return name, weight if weight.ndim == 4 else weight.reshape(len(weight), *picture_shape(shape))


def sees_input(module: nn.Module, shape: Shape) -> bool:
    """Whether it has filters, or weights that can be laid out like the input (behind a pool they cannot)."""
    return isinstance(module, nn.Conv2d) or (isinstance(module, nn.Linear) and module.in_features == math.prod(shape))


def picture_shape(shape: Shape) -> Shape:
    """A shape in which a row of weights is shown: the input's own for pictures, else one line."""
    return shape if len(shape) == 3 else (1, 1, math.prod(shape))


def tiled(tiles: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Tiles (n, channels, height, width) in [−1, 1] as one picture, nearly square; three channels are shown in colour."""
    grey = np.rint(128 + 127 * np.clip(tiles, -1, 1)).astype(np.uint8)
    if grey.shape[1] != 3:
        grey = np.rint(grey.mean(1, keepdims=True)).astype(np.uint8)
    count, channels, height, width = grey.shape
    columns = max(1, min(count, math.ceil(math.sqrt(count * (height + GAP) / (width + GAP)))))
    rows = math.ceil(count / columns)
    sheet = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, channels), GAP_GREY, np.uint8)
    for index, tile in enumerate(grey):
        top, left = (index // columns) * (height + GAP) + GAP, (index % columns) * (width + GAP) + GAP
        sheet[top : top + height, left : left + width] = tile.transpose(1, 2, 0)
    return sheet if channels == 3 else sheet[:, :, 0]
