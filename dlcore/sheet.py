"""Examples as they were read, side by side in one picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.layers.layer import Shape

COLUMNS = 6
LARGEST_TILE = 128  # pixels; what is larger is made smaller by a whole factor


def is_picture(shape: Shape) -> bool:
    """Whether examples of this shape are shown as pictures, and not as rows of numbers."""
    return len(shape) == 3


def sheet(part: NDArray[Any], positions: list[int]) -> tuple[NDArray[np.uint8], dict[str, int]]:
    """(pixels, geometry): the examples at ``positions`` of a part (n, channels, height, width), six in a row, without gaps.

    The darkest value of the whole part is black and the lightest white, so that 8 × 8 digits of 17 levels are seen as well
    as photographs of 256. Three channels are shown in colour, others as their mean.
    """
    tiles = shrunk(np.nan_to_num(np.asarray(part[positions], np.float64)))
    low, high = float(np.nanmin(part)), float(np.nanmax(part))
    if tiles.shape[1] != 3:
        tiles = tiles.mean(1, keepdims=True)
    scaled = np.clip((tiles - low) / ((high - low) or 1.0), 0.0, 1.0)
    count, channels, height, width = scaled.shape
    columns = min(count, COLUMNS)
    pixels = np.zeros((-(-count // columns) * height, columns * width, channels), np.uint8)
    for index, tile in enumerate(np.rint(255 * scaled).astype(np.uint8)):
        top, left = index // columns * height, index % columns * width
        pixels[top : top + height, left : left + width] = tile.transpose(1, 2, 0)
    geometry = {"tiles": count, "columns": columns, "tile_height": height, "tile_width": width}
    return pixels if channels == 3 else pixels[:, :, 0], geometry


def shrunk(tiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tiles (n, channels, height, width) of at most LARGEST_TILE pixels a side: means over squares; a remainder is cut off."""
    count, channels, height, width = tiles.shape
    factor = math.ceil(max(height, width) / LARGEST_TILE)
    if factor == 1 or min(height, width) < factor:
        return tiles
    rows, columns = height // factor, width // factor
    cut = tiles[:, :, : rows * factor, : columns * factor]
    return cut.reshape(count, channels, rows, factor, columns, factor).mean((3, 5))
