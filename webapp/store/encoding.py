"""Points of a curve as bytes: exact, and small.

A block is a header and three columns. Each column is cut into planes (the first bytes of all its numbers, then their second
bytes, ...), for signs, exponents and small differences repeat where the last digits of a loss are noise; then all is deflated.

    steps    differences, none at all when they are evenly spaced
    values   float32 where every value is one bit for bit (as a loss on a device is), else float64; NaN and infinities included
    times    differences in whole milliseconds

The first byte of a block says its form: below 16 it is an older one, whose numbers lie as they are in memory.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLANES = 16
HEADER = struct.Struct("<BIqqq")  # form, count, first step, stride or 0, first time in milliseconds
WIDTHS = struct.Struct("<BBB")  # bytes of a difference of steps, of a value, of a difference of times
OLD_EVEN, OLD_WIDE_VALUES, OLD_WIDE_TIMES, OLD_WIDE_STEPS = 1, 2, 4, 8


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
    if len(pieces) == 1:
        return pieces[0]
    return CurveData(
        np.concatenate([piece.steps for piece in pieces]),
        np.concatenate([piece.values for piece in pieces]),
        np.concatenate([piece.times for piece in pieces]),
    )


def pack(data: CurveData) -> bytes:
    """The points as bytes; times are rounded to the millisecond."""
    apart, values = np.diff(data.steps), narrowed(data.values)
    milliseconds = in_milliseconds(data.times)
    passed = np.diff(milliseconds)
    stride = even_stride(apart)
    widths = width_of(apart), values.itemsize, width_of(passed)
    columns = [] if stride else [apart.astype(f"<i{widths[0]}")]
    columns += [values, passed.astype(f"<i{widths[2]}")]
    # A deflate of runs only, with a Huffman table for each 4,096 bytes: as long as the planes of a full chunk are.
    deflate = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 6, zlib.Z_RLE)
    body = deflate.compress(b"".join(map(planes, columns))) + deflate.flush()
    head = HEADER.pack(PLANES, len(data), int(data.steps[0]), stride, int(milliseconds[0]))
    return head + WIDTHS.pack(*widths) + body


def narrowed(values: NDArray[np.float64]) -> NDArray[Any]:
    """As float32 where that loses no bit, else as they are."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        narrow = values.astype("<f4")
        same = np.array_equal(narrow.astype("<f8").view(np.int64), values.view(np.int64))
    return narrow if same else values


def in_milliseconds(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Seconds as whole milliseconds."""
    return np.rint(times * 1000).astype(np.int64)


def even_stride(apart: NDArray[np.int64]) -> int:
    """The distance of all neighbouring steps; 0 when they differ."""
    if len(apart) == 0:
        return 1
    return int(apart[0]) if (apart == apart[0]).all() else 0


def width_of(differences: NDArray[np.int64]) -> int:
    """Bytes that hold each of the differences."""
    low, high = (int(differences.min()), int(differences.max())) if len(differences) else (0, 0)
    return next((width for width in (1, 2, 4) if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1), 8)


def planes(column: NDArray[Any]) -> bytes:
    """All first bytes of the numbers, then all second bytes, and so on."""
    return column.view(np.uint8).reshape(-1, column.itemsize).T.tobytes()


def unpack(packed: bytes) -> CurveData:
    """The points in ``pack``'s bytes, of this form or an older one."""
    form, count, first_step, stride, first_time = HEADER.unpack_from(packed)
    if form < PLANES:
        return unpack_older(packed)
    step_width, value_width, time_width = WIDTHS.unpack_from(packed, HEADER.size)
    columns = Columns(zlib.decompress(packed[HEADER.size + WIDTHS.size :]))
    if stride:
        steps = first_step + stride * np.arange(count, dtype=np.int64)
    else:
        steps = summed(first_step, columns.next_planes(f"<i{step_width}", count - 1))
    values = columns.next_planes(f"<f{value_width}", count).astype(np.float64)
    milliseconds = summed(first_time, columns.next_planes(f"<i{time_width}", count - 1))
    return CurveData(steps, values, milliseconds / 1000)


class Columns:
    """Columns that lie one after the other in some bytes."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.position = 0

    def next(self, kind: str, count: int) -> NDArray[Any]:
        """The next column, of numbers as they are in memory."""
        found: NDArray[Any] = np.frombuffer(self.raw, kind, count, self.position)
        self.position += found.nbytes
        return found

    def next_planes(self, kind: str, count: int) -> NDArray[Any]:
        """The next column, of ``planes``."""
        width = np.dtype(kind).itemsize
        cut = self.next("u1", width * count).reshape(width, count)
        return np.ascontiguousarray(cut.T).reshape(-1).view(kind)


def summed(first: int, differences: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers from the first and the differences between neighbours."""
    found = np.empty(len(differences) + 1, np.int64)
    found[0] = first
    np.cumsum(differences, dtype=np.int64, out=found[1:])
    found[1:] += first
    return found


def unpack_older(packed: bytes) -> CurveData:
    """The points of a block whose columns are not planes; its first byte is flags, and times count from the first."""
    flags, count, first_step, stride, first_time = HEADER.unpack_from(packed)
    columns = Columns(zlib.decompress(packed[HEADER.size :]))
    if flags & OLD_EVEN:
        steps = first_step + stride * np.arange(count, dtype=np.int64)
    else:
        steps = summed(first_step, columns.next("<i8" if flags & OLD_WIDE_STEPS else "<i4", count - 1))
    values = columns.next("<f8" if flags & OLD_WIDE_VALUES else "<f4", count).astype(np.float64)
    since = columns.next("<i8" if flags & OLD_WIDE_TIMES else "<u4", count).astype(np.int64)
    return CurveData(steps, values, (first_time + since) / 1000)
