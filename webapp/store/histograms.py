"""Durable histograms: a row for each key and step."""

import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dlcore.events import Histogram
from webapp.models import HistogramRow
from webapp.store.curves import hold_attempt


def add(session: Session, trial_id: int, attempt: int, histograms: Iterable[Histogram]) -> None:
    """Keep histograms, within the caller's transaction; one of the same key and step takes the other's place.

    Raises StaleAttempt.
    """
    hold_attempt(session, trial_id, attempt)
    rows = {(histogram.key, histogram.step): histogram for histogram in histograms}
    steps = {step for _, step in rows}
    known = select(HistogramRow.id, HistogramRow.key, HistogramRow.step)
    for row in session.execute(known.where(HistogramRow.trial_id == trial_id, HistogramRow.step.in_(steps))).all():
        if (row.key, row.step) in rows:
            session.execute(delete(HistogramRow).where(HistogramRow.id == row.id))
    session.add_all([row_of(trial_id, attempt, histogram) for histogram in rows.values()])
    session.flush()


def row_of(trial_id: int, attempt: int, histogram: Histogram) -> HistogramRow:
    """A histogram as it is kept."""
    return HistogramRow(
        trial_id=trial_id,
        key=histogram.key,
        attempt=attempt,
        step=histogram.step,
        epoch=histogram.epoch,
        low=histogram.low,
        high=histogram.high,
        nonfinite=histogram.nonfinite,
        counts=pack(histogram.counts),
    )


def truncate(session: Session, trial_id: int, attempt: int, after_step: int) -> None:
    """Drop those after ``after_step``, for an attempt that goes on from there. Raises StaleAttempt."""
    hold_attempt(session, trial_id, attempt)
    session.execute(delete(HistogramRow).where(HistogramRow.trial_id == trial_id, HistogramRow.step > after_step))


def keys(session: Session, trial_id: int) -> list[str]:
    """The histograms that a trial has, those of a kind in the order in which they were measured: that of the layers."""
    query = select(HistogramRow.key).where(HistogramRow.trial_id == trial_id).group_by(HistogramRow.key)
    found = session.scalars(query.order_by(func.min(HistogramRow.id)))
    return sorted(found, key=lambda key: key.split("/")[0])


def read(session: Session, trial_id: int, key: str, most: int) -> list[Histogram]:
    """The histograms of a key in the order of their steps; when there are more than ``most``, so many at even distances."""
    inside = (HistogramRow.trial_id == trial_id, HistogramRow.key == key)
    steps = list(session.scalars(select(HistogramRow.step).where(*inside).order_by(HistogramRow.step)))
    query = select(HistogramRow).where(*inside, HistogramRow.step.in_(evenly(steps, most)))
    return [
        Histogram(row.key, row.step, row.epoch, row.low, row.high, unpack(row.counts), row.nonfinite)
        for row in session.scalars(query.order_by(HistogramRow.step))
    ]


def evenly(steps: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of the steps, the first and the last among them."""
    if len(steps) <= most:
        return list(steps)
    chosen = np.linspace(0, len(steps) - 1, most).round().astype(int) if most > 1 else [len(steps) - 1]
    return [steps[index] for index in chosen]


def pack(counts: NDArray[np.int64]) -> bytes:
    """Counts as bytes."""
    return zlib.compress(counts.astype("<u4").tobytes(), 6)


def unpack(packed: bytes) -> NDArray[np.int64]:
    """The counts in ``pack``'s bytes."""
    return np.frombuffer(zlib.decompress(packed), "<u4").astype(np.int64)
