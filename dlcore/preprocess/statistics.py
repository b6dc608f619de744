"""Means, deviations and principal axes, exact in float64 and in bounded memory."""

import numpy as np
from numpy.typing import NDArray

from dlcore.preprocess.preprocessing import Images

BLOCK = 4096


def mean_and_deviation(inputs: Images, *, per_channel: bool = True) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(mean, deviation), shaped to be broadcast over a batch; a deviation of a constant feature is 1.

    Of each feature; of each channel of pictures where ``per_channel``.
    """
    axes = (0, 2, 3) if inputs.ndim == 4 and per_channel else (0,)
    size = np.prod([inputs.shape[axis] for axis in axes], dtype=np.int64)
    mean = sum(block.sum(axes, dtype=np.float64, keepdims=True) for block in blocks(inputs)) / size
    square = sum(((block - mean) ** 2).sum(axes, dtype=np.float64, keepdims=True) for block in blocks(inputs)) / size
    deviation = np.sqrt(square)
    flat = deviation <= 1e-12 * np.maximum(1.0, np.abs(mean))
    return np.asarray(mean, np.float32), np.where(flat, 1.0, deviation).astype(np.float32)


def principal_axes(inputs: Images) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(mean (d,), axes (d, d), eigenvalues (d,)) of the covariance XᵀX/n of the centred inputs, the largest first.

    Axes are columns; each has a positive sum of cubes, because the sign of an eigenvector is otherwise an accident.
    """
    rows = [block.reshape(len(block), -1) for block in blocks(inputs)]
    mean = sum(block.sum(0, dtype=np.float64) for block in rows) / len(inputs)
    covariance = sum(centred.T @ centred for centred in (block - mean for block in rows)) / len(inputs)
    values, axes = np.linalg.eigh(covariance)
    values, axes = np.maximum(values[::-1], 0.0), axes[:, ::-1]
    return np.asarray(mean), axes * np.where((axes**3).sum(0) < 0, -1.0, 1.0), values


def projected(inputs: Images, mean: NDArray[np.float64], matrix: NDArray[np.float64]) -> Images:
    """(x − mean) · matrix for each example, flattened: (n, ...) -> (n, columns of the matrix)."""
    if not len(inputs):
        return np.zeros((0, matrix.shape[1]), np.float32)
    done = [((block.reshape(len(block), -1) - mean) @ matrix).astype(np.float32) for block in blocks(inputs)]
    return np.concatenate(done)


def blocks(inputs: Images) -> list[Images]:
    """The examples, some thousands at a time."""
    return [inputs[start : start + BLOCK] for start in range(0, len(inputs), BLOCK)]
