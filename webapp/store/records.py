"""Sketches as bytes: records of a fixed width, so that thousands of them are read in one go."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import numpy as np

from webapp.store.encoding import HEADER, CurveData, in_milliseconds, joined, narrowed, pack, unpack

# (steps since the header's first, milliseconds since the header's first, value)
RECORDS = {
    32: np.dtype([("step", "<u4"), ("time", "<u4"), ("value", "<f4")]),
    33: np.dtype([("step", "<u4"), ("time", "<u4"), ("value", "<f8")]),
}
NARROW, WIDE = RECORDS


def pack_records(data: CurveData) -> bytes:
    """The points as a header and records; as ``pack`` does it where a distance is too long for them."""
    since_step, times, values = data.steps - data.steps[0], in_milliseconds(data.times), narrowed(data.values)
    since_time = times - times[0]
    if since_step[-1] >= 2**32 or since_time.min() < 0 or since_time.max() >= 2**32:
        return pack(data)
    form = NARROW if values.itemsize == 4 else WIDE
    records = np.empty(len(data), RECORDS[form])
    records["step"], records["time"], records["value"] = since_step, since_time, values
    return HEADER.pack(form, len(data), int(data.steps[0]), 0, int(times[0])) + records.tobytes()


def unpack_all(blocks: Iterable[bytes]) -> CurveData:
    """The points of blocks of any form, one after the other."""
    pieces: list[CurveData] = []
    for form, alike in groupby(blocks, key=itemgetter(0)):
        if form in RECORDS:
            pieces.append(unpack_records(list(alike), RECORDS[form]))
        else:
            pieces += map(unpack, alike)
    return joined(pieces)


def unpack_records(blocks: list[bytes], kind: np.dtype[np.void]) -> CurveData:
    """The points of blocks of records of the same kind."""
    heads = np.array([HEADER.unpack_from(block) for block in blocks], np.int64)
    records = np.frombuffer(b"".join([block[HEADER.size :] for block in blocks]), kind)
    _, counts, first_steps, _, first_times = heads.T
    steps = np.repeat(first_steps, counts) + records["step"]
    times = np.repeat(first_times, counts) + records["time"]
    return CurveData(steps, records["value"].astype(np.float64), times / 1000)
