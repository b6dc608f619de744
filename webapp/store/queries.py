"""How chunks are looked up: each statement finds its rows by the unique index (trial, key, first step), and reads no others.

The chunks of a curve follow one another without overlap, so the one in which a step lies is the last that begins at or before it.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, ScalarSelect, String, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.models import CurveChunk
from webapp.store.database import BINARY_ANSWERS
from webapp.store.sketch import SKETCH_POINTS

EXACT_UP_TO = 20  # times the points that are asked for: so many are read as they are
STREAMED_CHUNKS = 8

trial_id, key = bindparam("trial_id", type_=Integer), bindparam("key", type_=String)
first, last = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
points = bindparam("points", type_=BigInteger)


def begin_of(step: ColumnElement[int]) -> ColumnElement[int]:
    """The first step of the chunk in which a step lies, or the step itself before the curve begins."""
    earlier = aliased(CurveChunk)
    found = select(func.max(earlier.first_step)).where(
        earlier.trial_id == trial_id, earlier.key == key, earlier.first_step <= step
    )
    return func.coalesce(found.scalar_subquery(), step)


def next_key(after: ColumnElement[str] | None = None) -> ScalarSelect[Any]:
    """The key that follows, of those that the trial has."""
    other = aliased(CurveChunk)
    query = select(func.min(other.key)).where(other.trial_id == trial_id)
    return (query if after is None else query.where(other.key > after)).scalar_subquery()


def last_of(column: InstrumentedAttribute[int], of_key: ColumnElement[str]) -> ScalarSelect[Any]:
    """What a curve's last chunk has in a column."""
    query = select(column).where(CurveChunk.trial_id == trial_id, CurveChunk.key == of_key)
    return query.order_by(CurveChunk.first_step.desc()).limit(1).scalar_subquery()


# From key to key, for a trial has few curves but many chunks: DISTINCT would pass over all of them.
_names = select(next_key().label("key")).cte("names", recursive=True)
_names = _names.union_all(select(next_key(_names.c.key)).where(_names.c.key.is_not(None)))
LAST_STEPS = select(_names.c.key, last_of(CurveChunk.last_step, _names.c.key)).where(_names.c.key.is_not(None))


def inside(chunk: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether a chunk has steps between ``first`` and ``last``."""
    return (
        chunk.trial_id == trial_id,
        chunk.key == key,
        chunk.first_step >= begin_of(first),
        chunk.first_step <= last,
    )


_counted = aliased(CurveChunk)
_fits = select(or_(func.sum(_counted.count) <= EXACT_UP_TO * points, func.count() * SKETCH_POINTS < points)).where(
    *inside(_counted)
)
_as_it_is = or_(
    CurveChunk.sketch.is_(None),
    # At the edges of a window a sketch's points might be those outside of it.
    CurveChunk.first_step < first,
    CurveChunk.last_step > last,
    _fits.scalar_subquery(),
)
VIEW = (
    select(case((_as_it_is, CurveChunk.points), else_=CurveChunk.sketch))
    .where(*inside(CurveChunk))
    .order_by(CurveChunk.first_step)
    .execution_options(**{BINARY_ANSWERS: True})
)

NEXT_CHUNKS = (
    select(CurveChunk.points)
    .where(
        CurveChunk.trial_id == trial_id,
        CurveChunk.key == key,
        CurveChunk.first_step >= begin_of(first),
    )
    .order_by(CurveChunk.first_step)
    .limit(STREAMED_CHUNKS)
    .execution_options(**{BINARY_ANSWERS: True})
)
