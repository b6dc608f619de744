"""Parquet: the columns key, step, value and time; the trial and its spec as JSON in the file's metadata."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from sqlalchemy.orm import Session

from webapp.exports.contents import Contents, stretches
from webapp.exports.outgoing import Outgoing
from webapp.store.encoding import CurveData, joined

ROWS = 65_536  # of a row group


def parquet_pieces(session: Session, contents: Contents) -> Iterator[bytes]:
    """The file in pieces, a row group in memory at a time. pyarrow is loaded when somebody wants it: it takes a third of a second."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    outgoing = Outgoing()
    schema = schema_of(contents)
    with ParquetWriter(pyarrow.PythonFile(outgoing, "w"), schema, compression="zstd", use_dictionary=["key"]) as writer:
        held: list[tuple[str, CurveData]] = []
        for piece in stretches(session, contents):
            held.append(piece)
            if sum(len(data) for _, data in held) >= ROWS:
                writer.write_batch(batch(held, schema), row_group_size=2 * ROWS)
                held = []
                yield outgoing.taken()
        if held:
            writer.write_batch(batch(held, schema), row_group_size=2 * ROWS)
    yield outgoing.taken()


def schema_of(contents: Contents) -> Any:
    """The columns, and what is told of the trial."""
    import pyarrow

    columns = [("key", pyarrow.dictionary(pyarrow.int32(), pyarrow.string())), ("step", pyarrow.int64())]
    columns += [("value", pyarrow.float64()), ("time", pyarrow.float64())]
    told = {"trial": orjson.dumps(contents.about), "spec": orjson.dumps(contents.spec)}
    return pyarrow.schema(columns, metadata=told)


def batch(pieces: list[tuple[str, CurveData]], schema: Any) -> Any:
    """Pieces of curves as rows."""
    import pyarrow

    data = joined([points for _, points in pieces])
    names = list(dict.fromkeys(key for key, _ in pieces))
    numbers = np.repeat([names.index(key) for key, _ in pieces], [len(points) for _, points in pieces])
    keys = pyarrow.DictionaryArray.from_arrays(numbers.astype(np.int32), names)
    return pyarrow.record_batch([keys, data.steps, data.values, data.times], schema=schema)
