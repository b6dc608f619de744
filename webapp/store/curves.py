"""Durable curves: chunks of exact points in the database, each with a sketch for the view of the whole."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from dlcore.events import Scalars
from webapp.models import CurveChunk, State, Trial
from webapp.store.encoding import EMPTY, CurveData, joined, pack, unpack
from webapp.store.sketch import sketch, thinned

CHUNK_POINTS = 4096
MERGE_FROM_ROWS = 64

__all__ = [
    "CurveData",
    "StaleAttempt",
    "append",
    "hold_attempt",
    "keys",
    "merge",
    "read",
    "read_times",
    "rows",
    "tidy",
    "truncate",
]


class StaleAttempt(Exception):
    """A write by an attempt that is no longer the trial's; whoever sent it must give up."""


def hold_attempt(session: Session, trial_id: int, attempt: int) -> None:
    """Make sure, until the transaction ends, that ``attempt`` is running the trial. Raises StaleAttempt."""
    held = session.execute(
        update(Trial)
        .where(Trial.id == trial_id, Trial.attempt == attempt, Trial.state == State.RUNNING.value)
        .values(attempt=attempt)
        .execution_options(synchronize_session=False)
    )
    if not held.rowcount:  # type: ignore[attr-defined]
        raise StaleAttempt(f"attempt {attempt} no longer runs trial {trial_id}")


def append(session: Session, trial_id: int, attempt: int, scalars: Sequence[Scalars]) -> None:
    """Add points within the caller's transaction; points at or before a curve's last step are there already and left out.

    Raises StaleAttempt.
    """
    hold_attempt(session, trial_id, attempt)
    pieces: dict[str, list[CurveData]] = {}
    for piece in scalars:
        pieces.setdefault(piece.key, []).append(CurveData(piece.steps, piece.values, piece.times))
    last_steps = last_step_of(session, trial_id, list(pieces))
    for key, parts in pieces.items():
        fresh = rising(joined(parts), last_steps.get(key))
        for start in range(0, len(fresh), CHUNK_POINTS):
            session.add(chunk_of(trial_id, key, attempt, fresh.where(slice(start, start + CHUNK_POINTS))))
    session.flush()


def last_step_of(session: Session, trial_id: int, keys: list[str]) -> dict[str, int]:
    """The last stored step of each curve."""
    query = select(CurveChunk.key, func.max(CurveChunk.last_step)).where(
        CurveChunk.trial_id == trial_id, CurveChunk.key.in_(keys)
    )
    return {row.key: row[1] for row in session.execute(query.group_by(CurveChunk.key))}


def rising(data: CurveData, after: int | None) -> CurveData:
    """The points whose step is above all before them and above ``after``."""
    floor = np.iinfo(np.int64).min if after is None else after
    highest = np.maximum.accumulate(np.concatenate([[floor], data.steps[:-1]])) if len(data) else np.zeros(0)
    return data.where(data.steps > highest)


def chunk_of(trial_id: int, key: str, attempt: int, data: CurveData) -> CurveChunk:
    """A row of points."""
    return CurveChunk(
        trial_id=trial_id,
        key=key,
        attempt=attempt,
        first_step=int(data.steps[0]),
        last_step=int(data.steps[-1]),
        count=len(data),
        points=pack(data),
        sketch=pack(sketch(data)),
    )


def truncate(session: Session, trial_id: int, attempt: int, after_step: int) -> None:
    """Drop the points after ``after_step``, for an attempt that goes on from there. Raises StaleAttempt."""
    hold_attempt(session, trial_id, attempt)
    session.execute(delete(CurveChunk).where(CurveChunk.trial_id == trial_id, CurveChunk.first_step > after_step))
    astride = select(CurveChunk.id, CurveChunk.key, CurveChunk.points).where(
        CurveChunk.trial_id == trial_id, CurveChunk.last_step > after_step
    )
    for row in session.execute(astride).all():
        session.execute(delete(CurveChunk).where(CurveChunk.id == row.id))
        data = unpack(row.points)
        session.add(chunk_of(trial_id, row.key, attempt, data.where(data.steps <= after_step)))
    session.flush()


def keys(session: Session, trial_id: int) -> list[str]:
    """The curves that a trial has."""
    return list(
        session.scalars(
            select(CurveChunk.key).where(CurveChunk.trial_id == trial_id).distinct().order_by(CurveChunk.key)
        )
    )


def read(
    session: Session,
    trial_id: int,
    keys: Sequence[str],
    points: int = 1500,
    first: int | None = None,
    last: int | None = None,
) -> dict[str, CurveData]:
    """About ``points`` points of each curve between the steps ``first`` and ``last``; extremes and NaN always survive.

    A stretch that fits is exact; a longer one is thinned from exact points, and a very long one from sketches.
    """
    return {key: read_one(session, trial_id, key, points, first, last) for key in keys}


def read_one(session: Session, trial_id: int, key: str, points: int, first: int | None, last: int | None) -> CurveData:
    """One curve."""
    inside = [CurveChunk.trial_id == trial_id, CurveChunk.key == key]
    if first is not None:
        inside.append(CurveChunk.last_step >= first)
    if last is not None:
        inside.append(CurveChunk.first_step <= last)
    count, chunks = session.execute(select(func.sum(CurveChunk.count), func.count()).where(*inside)).one()
    if not chunks:
        return EMPTY
    coarse = count > 20 * points and chunks * 64 >= points
    column = CurveChunk.sketch if coarse else CurveChunk.points
    packed = session.scalars(select(column).where(*inside).order_by(CurveChunk.first_step))
    data = joined([unpack(block) for block in packed])
    if first is not None or last is not None:
        low = data.steps[0] if first is None else first
        high = data.steps[-1] if last is None else last
        data = data.where((data.steps >= low) & (data.steps <= high))
    return thinned(data, points)


def read_times(
    session: Session, trial_id: int, keys: Sequence[str], points: int, start: float, end: float
) -> dict[str, CurveData]:
    """About ``points`` points of each curve between two moments (Unix seconds)."""
    found = {}
    for key in keys:
        coarse = read_one(session, trial_id, key, points, None, None)
        if not len(coarse):
            found[key] = coarse
            continue
        # One coarse point beyond either end, so that no point between two coarse ones is missed.
        low = max(0, int(np.searchsorted(coarse.times, start, "left")) - 1)
        high = min(len(coarse) - 1, int(np.searchsorted(coarse.times, end, "right")))
        around = read_one(session, trial_id, key, 4 * points, int(coarse.steps[low]), int(coarse.steps[high]))
        found[key] = thinned(around.where((around.times >= start) & (around.times <= end)), points)
    return found


def rows(session: Session, trial_id: int, keys: Sequence[str]) -> Iterator[tuple[str, int, float, float]]:
    """(key, step, value, time) of every point as it was logged, a chunk in memory at a time."""
    for key in keys:
        for data in stretches(session, trial_id, key):
            yield from zip(
                [key] * len(data), data.steps.tolist(), data.values.tolist(), data.times.tolist(), strict=True
            )


def stretches(session: Session, trial_id: int, key: str) -> Iterator[CurveData]:
    """A curve chunk by chunk. What is merged meanwhile begins earlier than where we are: it is cut, and not passed over."""
    last = np.iinfo(np.int64).min
    while True:
        query = select(CurveChunk.points, CurveChunk.last_step).where(
            CurveChunk.trial_id == trial_id, CurveChunk.key == key, CurveChunk.last_step > int(last)
        )
        row = session.execute(query.order_by(CurveChunk.first_step).limit(1)).first()
        if row is None:
            return
        data = unpack(row.points)
        yield data.where(data.steps > last)
        last = row.last_step


def tidy(session: Session, trial_id: int, attempt: int) -> None:
    """Merge the curves that have gathered many small chunks. Raises StaleAttempt."""
    small = (
        select(CurveChunk.key)
        .where(CurveChunk.trial_id == trial_id, CurveChunk.count < CHUNK_POINTS)
        .group_by(CurveChunk.key)
        .having(func.count() >= MERGE_FROM_ROWS)
    )
    crowded = list(session.scalars(small))
    if crowded:
        merge(session, trial_id, attempt, crowded)


def merge(session: Session, trial_id: int, attempt: int, only: Sequence[str] | None = None) -> None:
    """Make full chunks out of small ones, in one transaction, so that no reader sees a hole or a double. Raises StaleAttempt."""
    hold_attempt(session, trial_id, attempt)
    for key in keys(session, trial_id) if only is None else only:
        for run in small_runs(session, trial_id, key):
            blocks = session.scalars(
                select(CurveChunk.points).where(CurveChunk.id.in_(run)).order_by(CurveChunk.first_step)
            )
            data = joined([unpack(block) for block in blocks])
            session.execute(delete(CurveChunk).where(CurveChunk.id.in_(run)))
            for start in range(0, len(data), CHUNK_POINTS):
                session.add(chunk_of(trial_id, key, attempt, data.where(slice(start, start + CHUNK_POINTS))))
            session.flush()


def small_runs(session: Session, trial_id: int, key: str) -> list[list[int]]:
    """Ids of neighbouring chunks that are not full, for each such stretch of two or more."""
    query = select(CurveChunk.id, CurveChunk.count).where(CurveChunk.trial_id == trial_id, CurveChunk.key == key)
    runs: list[list[int]] = [[]]
    for chunk_id, count in session.execute(query.order_by(CurveChunk.first_step)):
        if count < CHUNK_POINTS:
            runs[-1].append(chunk_id)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]
