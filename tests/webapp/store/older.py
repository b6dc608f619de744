"""Chunks as versions before 0003 wrote them: columns as they are in memory, and sketches in the same form as points."""

import zlib

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.models import CurveChunk
from webapp.store.encoding import (
    HEADER,
    OLD_EVEN,
    OLD_WIDE_STEPS,
    OLD_WIDE_TIMES,
    OLD_WIDE_VALUES,
    CurveData,
    even_stride,
    unpack,
)
from webapp.store.sketch import sketch


def pack_older(data: CurveData) -> bytes:
    """The points as bytes."""
    flags, columns = 0, []
    apart = np.diff(data.steps)
    stride = even_stride(apart)
    if stride:
        flags |= OLD_EVEN
    else:
        wide = apart.max() > np.iinfo(np.int32).max
        flags |= OLD_WIDE_STEPS if wide else 0
        columns.append(apart.astype(np.int64 if wide else np.int32))
    with np.errstate(over="ignore"):
        narrow = data.values.astype(np.float32)
    exact = np.array_equal(narrow.astype(np.float64), data.values, equal_nan=True)
    flags |= 0 if exact else OLD_WIDE_VALUES
    columns.append(narrow if exact else data.values)
    milliseconds = np.rint(data.times * 1000).astype(np.int64)
    since = milliseconds - milliseconds[0]
    wide = since.min() < 0 or since.max() > np.iinfo(np.uint32).max
    flags |= OLD_WIDE_TIMES if wide else 0
    columns.append(since if wide else since.astype(np.uint32))
    head = HEADER.pack(flags, len(data), int(data.steps[0]), stride, int(milliseconds[0]))
    return head + zlib.compress(b"".join(column.tobytes() for column in columns), 1)


def make_older(session: Session, trial_id: int, every: int = 1) -> None:
    """Write every so many of a trial's chunks as an older version would have."""
    query = select(CurveChunk.id, CurveChunk.points).where(CurveChunk.trial_id == trial_id).order_by(CurveChunk.id)
    for row in session.execute(query).all()[::every]:
        data = unpack(row.points)
        changed = update(CurveChunk).where(CurveChunk.id == row.id)
        session.execute(changed.values(points=pack_older(data), sketch=pack_older(sketch(data))))
