"""JSON: the trial, its spec, its results and its curves in one object.

    {"format": "descent-trial-1", "trial": {...}, "spec": {...},
     "columns": ["step", "value", "time"], "curves": {"train/loss": [[1, 2.302585, 1700000000.123], ...], ...}}

A value that is not finite is "NaN", "Infinity" or "-Infinity".
"""

from collections.abc import Iterator

import numpy as np
import orjson
from sqlalchemy.orm import Session

from webapp.exports.contents import Contents, stretches
from webapp.finite import finite_or_name
from webapp.store.encoding import CurveData

FORMAT = "descent-trial-1"


def json_pieces(session: Session, contents: Contents) -> Iterator[bytes]:
    """The file in pieces."""
    head = {"format": FORMAT, "trial": contents.about, "spec": contents.spec, "columns": ["step", "value", "time"]}
    yield orjson.dumps(head)[:-1] + b',"curves":{'
    current = None
    for key, data in stretches(session, contents):
        if key != current:
            yield (b"" if current is None else b"],\n") + orjson.dumps(key) + b":["
        yield (b"," if key == current else b"") + rows(data)
        current = key
    yield b"}}\n" if current is None else b"]}}\n"


def rows(data: CurveData) -> bytes:
    """Points as [step, value, time], with commas between."""
    values = data.values.tolist()
    for index in np.flatnonzero(~np.isfinite(data.values)).tolist():
        values[index] = finite_or_name(values[index])
    return orjson.dumps(list(zip(data.steps.tolist(), values, data.times.tolist(), strict=True)))[1:-1]
