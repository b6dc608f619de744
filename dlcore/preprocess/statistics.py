"""Means and deviations per feature, or per channel of pictures, exact in float64 and in bounded memory."""

import numpy as np
from numpy.typing import NDArray

from dlcore.preprocess.preprocessing import Images

BLOCK = 4096


def mean_and_deviation(inputs: Images) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(mean, deviation), shaped to be broadcast over a batch; a deviation of a constant feature is 1."""
    axes = (0, 2, 3) if inputs.ndim == 4 else (0,)
    size = inputs.size / inputs.shape[1]
    mean = sum(block.sum(axes, dtype=np.float64, keepdims=True) for block in blocks(inputs)) / size
    square = sum(((block - mean) ** 2).sum(axes, dtype=np.float64, keepdims=True) for block in blocks(inputs)) / size
    deviation = np.sqrt(square)
    flat = deviation <= 1e-12 * np.maximum(1.0, np.abs(mean))
    return np.asarray(mean, np.float32), np.where(flat, 1.0, deviation).astype(np.float32)


def blocks(inputs: Images) -> list[Images]:
    """The examples, some thousands at a time."""
    return [inputs[start : start + BLOCK] for start in range(0, len(inputs), BLOCK)]
