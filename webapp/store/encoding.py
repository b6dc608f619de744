"""Points of a curve as bytes: exact, and small.

A block is a header and three columns, each packed as tightly as it allows and then deflated:

    steps    one int32 difference each, none at all when they are evenly spaced
    values   float32 where every value is one (as a loss on a device is), else float64; NaN and infinities included
    times    whole milliseconds, as uint32 differences from the first
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEADER = struct.Struct("<BIqqq")  # flags, count, first step, stride, first time in milliseconds
EVEN, WIDE_VALUES, WIDE_TIMES, WIDE_STEPS = 1, 2, 4, 8


@dataclass(frozen=True)
class CurveData:
    """steps: int64 (n,), rising; values: float64 (n,); times: float64 (n,), Unix seconds."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    times: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.steps)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.integer] | slice) -> "CurveData":
        """Some of the points."""
        return CurveData(self.steps[chosen], self.values[chosen], self.times[chosen])


EMPTY = CurveData(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def joined(pieces: list[CurveData]) -> CurveData:
    """Pieces one after the other."""
    if not pieces:
        return EMPTY
    return CurveData(
        np.concatenate([piece.steps for piece in pieces]),
        np.concatenate([piece.values for piece in pieces]),
        np.concatenate([piece.times for piece in pieces]),
    )


def pack(data: CurveData) -> bytes:
    """The points as bytes; times are rounded to the millisecond."""
    flags, stride, columns = 0, 0, []
    differences = np.diff(data.steps)
    if len(differences) == 0 or (differences == differences[0]).all():
        flags |= EVEN
        stride = int(differences[0]) if len(differences) else 1
    else:
        wide = int(differences.max()) > np.iinfo(np.int32).max
        flags |= WIDE_STEPS if wide else 0
        columns.append(differences.astype(np.int64 if wide else np.int32).tobytes())
    with np.errstate(over="ignore"):
        narrow = data.values.astype(np.float32)
    if not np.array_equal(narrow.astype(np.float64), data.values, equal_nan=True):
        flags |= WIDE_VALUES
    columns.append((data.values if flags & WIDE_VALUES else narrow).tobytes())
    milliseconds = np.rint(data.times * 1000).astype(np.int64)
    since = milliseconds - milliseconds[0]
    if since.min() < 0 or since.max() > np.iinfo(np.uint32).max:
        flags |= WIDE_TIMES
    columns.append(since.astype(np.int64 if flags & WIDE_TIMES else np.uint32).tobytes())
    header = HEADER.pack(flags, len(data), int(data.steps[0]), stride, int(milliseconds[0]))
    return header + zlib.compress(b"".join(columns), 1)


def unpack(packed: bytes) -> CurveData:
    """The points in ``pack``'s bytes."""
    flags, count, first_step, stride, first_time = HEADER.unpack_from(packed)
    raw = zlib.decompress(packed[HEADER.size :])
    position = 0

    def column(kind: type, length: int) -> NDArray[np.generic]:
        nonlocal position
        found: NDArray[np.generic] = np.frombuffer(raw, kind, length, position)
        position += found.nbytes
        return found

    if flags & EVEN:
        steps = first_step + stride * np.arange(count, dtype=np.int64)
    else:
        differences = column(np.int64 if flags & WIDE_STEPS else np.int32, count - 1)
        steps = first_step + np.concatenate([[0], np.cumsum(differences, dtype=np.int64)])
    values = column(np.float64 if flags & WIDE_VALUES else np.float32, count).astype(np.float64)
    since = column(np.int64 if flags & WIDE_TIMES else np.uint32, count).astype(np.int64)
    return CurveData(steps, values, (first_time + since) / 1000)
