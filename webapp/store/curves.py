"""Durable curves: chunks of exact points in the database, each with a sketch for the view of the whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from dlcore.events import Scalars
from webapp.models import CurveChunk, State, Trial
from webapp.store.encoding import CurveData, joined, pack, unpack
from webapp.store.queries import LAST_STEPS, NEXT_CHUNKS, VIEW
from webapp.store.records import pack_records, unpack_all
from webapp.store.sketch import SKETCH_POINTS, sketch, thinned

CHUNK_POINTS = 4096
MERGE_FROM_ROWS = 64
FIRST, LAST = -(2**63), 2**63 - 1
EVERY_POINT = 2**40

__all__ = [
    "CurveData",
    "StaleAttempt",
    "append",
    "hold_attempt",
    "keys",
    "last_step_of",
    "merge",
    "read",
    "read_times",
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
        put(session, trial_id, attempt, key, rising(joined(parts), last_steps.get(key)))


def rising(data: CurveData, after: int | None) -> CurveData:
    """The points whose step is above all before them and above ``after``."""
    floor = FIRST if after is None else after
    highest = np.maximum.accumulate(np.concatenate([[floor], data.steps[:-1]])) if len(data) else np.zeros(0)
    return data.where(data.steps > highest)


def put(session: Session, trial_id: int, attempt: int, key: str, data: CurveData) -> None:
    """Keep points of a curve as chunks that are full but for the last."""
    starts = range(0, len(data), CHUNK_POINTS)
    chunks = [chunk_of(trial_id, key, attempt, data.where(slice(start, start + CHUNK_POINTS))) for start in starts]
    if chunks:
        session.execute(insert(CurveChunk), chunks)


def chunk_of(trial_id: int, key: str, attempt: int, data: CurveData) -> dict[str, Any]:
    """A row of points."""
    return {
        "trial_id": trial_id,
        "key": key,
        "attempt": attempt,
        "first_step": int(data.steps[0]),
        "last_step": int(data.steps[-1]),
        "count": len(data),
        "sketch": pack_records(sketch(data)) if len(data) > SKETCH_POINTS else None,
        "points": pack(data),
    }


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
        put(session, trial_id, attempt, row.key, data.where(data.steps <= after_step))


def keys(session: Session, trial_id: int) -> list[str]:
    """The curves that a trial has."""
    return sorted(last_step_of(session, trial_id))


def last_step_of(session: Session, trial_id: int, keys: Iterable[str] | None = None) -> dict[str, int]:
    """The last stored step of each curve, or of those of ``keys`` that are there."""
    found = dict(session.execute(LAST_STEPS, {"trial_id": trial_id}).all())
    return found if keys is None else {key: found[key] for key in keys if key in found}


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
    """One curve, read in one statement, so that whoever merges chunks meanwhile makes no hole and no double."""
    low, high = FIRST if first is None else first, LAST if last is None else last
    wanted = {"trial_id": trial_id, "key": key, "first": low, "last": high, "points": points}
    data = unpack_all(session.scalars(VIEW, wanted))
    inside = slice(np.searchsorted(data.steps, low, "left"), np.searchsorted(data.steps, high, "right"))
    return thinned(data.where(inside), points)


def read_times(
    session: Session, trial_id: int, keys: Sequence[str], points: int, start: float, end: float
) -> dict[str, CurveData]:
    """About ``points`` points of each curve between two moments (Unix seconds), both of them inside."""
    found = {}
    for key in keys:
        coarse = read_one(session, trial_id, key, points, None, None)
        if not len(coarse):
            found[key] = coarse
            continue
        first = step_at(session, trial_id, key, coarse, start, "left")
        last = step_at(session, trial_id, key, coarse, end, "right") - 1
        inside = read_one(session, trial_id, key, points, first, last)
        # A clock may have been set back meanwhile.
        found[key] = inside.where((inside.times >= start) & (inside.times <= end))
    return found


def step_at(
    session: Session, trial_id: int, key: str, coarse: CurveData, moment: float, side: Literal["left", "right"]
) -> int:
    """The first step that was logged at a moment or after it ("left"), or after it ("right"), exactly."""
    place = int(np.searchsorted(coarse.times, moment, side))
    low, high = int(coarse.steps[max(place - 1, 0)]), int(coarse.steps[min(place, len(coarse) - 1)])
    between = read_one(session, trial_id, key, EVERY_POINT, low, high)
    found = int(np.searchsorted(between.times, moment, side))
    return int(between.steps[found]) if found < len(between) else high + 1


def stretches(session: Session, trial_id: int, key: str) -> Iterator[CurveData]:
    """A curve chunk by chunk. What is merged meanwhile begins earlier than where we are: it is cut, and not passed over."""
    last, before = FIRST, None
    while last != before:
        before = last
        for block in session.scalars(NEXT_CHUNKS, {"trial_id": trial_id, "key": key, "first": last}).all():
            data = unpack(block)
            data = data.where(data.steps > last)
            if len(data):
                yield data
                last = int(data.steps[-1])


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
        for first, last in small_runs(session, trial_id, key):
            stretch = (
                CurveChunk.trial_id == trial_id,
                CurveChunk.key == key,
                CurveChunk.first_step.between(first, last),
            )
            blocks = session.scalars(select(CurveChunk.points).where(*stretch).order_by(CurveChunk.first_step)).all()
            session.execute(delete(CurveChunk).where(*stretch))
            put(session, trial_id, attempt, key, unpack_all(blocks))


def small_runs(session: Session, trial_id: int, key: str) -> list[tuple[int, int]]:
    """Where neighbouring chunks begin that are not full, the first and the last of each such stretch of two or more."""
    query = select(CurveChunk.first_step, CurveChunk.count).where(
        CurveChunk.trial_id == trial_id, CurveChunk.key == key
    )
    runs: list[list[int]] = [[]]
    for first_step, count in session.execute(query.order_by(CurveChunk.first_step)):
        if count < CHUNK_POINTS:
            runs[-1].append(first_step)
        elif runs[-1]:
            runs.append([])
    return [(run[0], run[-1]) for run in runs if len(run) > 1]
