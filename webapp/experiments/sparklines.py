"""The training loss in a few points, for tables and cards."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Trial
from webapp.store import curves

POINTS = 40
KEY = "train/loss"
MOST_TRIALS = 50
KEPT = 5000
_of_ended: OrderedDict[tuple[int, datetime], list[float]] = (
    OrderedDict()
)  # by trial and end: such a curve stays as it is


def sparkline(session: Session, trial_id: int) -> list[float]:
    """Of one trial, finite values only."""
    data = curves.read(session, trial_id, [KEY], points=POINTS).get(KEY)
    return [] if data is None else [float(value) for value in data.values if math.isfinite(value)]


def sparklines(session: Session, trial_ids: Sequence[int]) -> dict[int, list[float]]:
    """Of many; those of trials that have ended are remembered."""
    found = {}
    for trial_id, ended_at in session.execute(select(Trial.id, Trial.ended_at).where(Trial.id.in_(trial_ids))).all():
        remembered = _of_ended.get((trial_id, ended_at)) if ended_at else None
        found[trial_id] = sparkline(session, trial_id) if remembered is None else remembered
        if ended_at:
            _of_ended[trial_id, ended_at] = found[trial_id]
    while len(_of_ended) > KEPT:
        _of_ended.popitem(last=False)
    return found
