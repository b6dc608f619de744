"""Places at which a window lies."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def places(starts: Sequence[Sequence[int]]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """(position in the output, first pixel) for every combination of an axis' starts."""
    for position in np.ndindex(*(len(axis) for axis in starts)):
        yield position, tuple(axis[i] for axis, i in zip(starts, position, strict=True))


def pool_starts(length: int, size: int, stride: int, padding: int, ceil: bool) -> list[int]:
    """First pixels of a pooling window, the padding before the picture being negative."""
    starts: list[int] = []
    start = -padding
    while start + size <= length + padding:
        starts.append(start)
        start += stride
    reached = starts[-1] + size
    if ceil and reached < length + padding and start < length:
        starts.append(start)
    return starts
