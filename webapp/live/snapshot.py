"""A trial's curves as they are now: what is durable, joined with what is still only in the stream."""

import base64
import math
from typing import Any

import numpy as np
import redis
from sqlalchemy.orm import Session

from webapp.models import Trial
from webapp.store import curves
from webapp.store.encoding import CurveData, joined
from webapp.store.live import Entry, entries, last_id, newest_first
from webapp.store.sketch import thinned

START = "0-0"


def snapshot(
    session: Session,
    client: redis.Redis | None,
    trial: Trial,
    wanted: list[str] | None,
    points: int,
    first: int | None,
    last: int | None,
) -> tuple[str, dict[str, Any]]:
    """(position in the stream, what the page shows). The stream is read before the store, so that no point falls between."""
    position, streamed = START, list[Entry]()
    if client is not None:
        position, streamed = not_yet_durable(session, client, trial)
    session.refresh(trial)
    fresh = streamed_curves(streamed, trial.attempt)
    stored = curves.keys(session, trial.id)
    known = sorted(set(stored) | set(fresh))
    keys = known if wanted is None else wanted
    shown = curves.read(
        session, trial.id, [key for key in keys if key in stored], points=points, first=first, last=last
    )
    joined_curves = {key: join(shown.get(key), within(fresh.get(key), first, last), points) for key in keys}
    drawn = {key: typed(data) for key, data in joined_curves.items() if len(data)}
    return position, {**facts(trial), "keys": known, "curves": drawn}


def not_yet_durable(session: Session, client: redis.Redis, trial: Trial) -> tuple[str, list[Entry]]:
    """(position in the stream, the entries up to it that may hold points which are not stored). Raises redis.RedisError.

    Read from the newest back to the first whose points are all stored: those before it were stored with it or earlier.
    A new attempt that begins meanwhile cuts the curves back; then all entries are taken.
    """
    session.refresh(trial)
    attempt, stored = trial.attempt, curves.last_step_of(session, trial.id)
    position = last_id(client, trial.id)
    found: list[Entry] = []
    if position != START:
        for entry in newest_first(client, trial.id, position):
            if is_stored(entry, attempt, stored):
                break
            found.append(entry)
    session.refresh(trial)
    if trial.attempt != attempt:
        return position, entries(client, trial.id, until=position)
    return position, found[::-1]


def is_stored(entry: Entry, attempt: int, stored: dict[str, int]) -> bool:
    """Whether an entry has points of ``attempt``, and all of them are stored."""
    _, kind, payload = entry
    if kind != "points" or payload["attempt"] != attempt or not payload["curves"]:
        return False
    return all(key in stored and steps[-1] <= stored[key] for key, (steps, *_) in payload["curves"].items())


def facts(trial: Trial) -> dict[str, Any]:
    """A trial's state and progress."""
    epochs = trial.experiment.spec.get("epochs")
    return {
        "attempt": trial.attempt,
        "state": trial.state,
        "failure": trial.failure,
        "results": trial.results,
        "progress": {
            "step": trial.step,
            "steps": trial.steps,
            "epoch": trial.epoch,
            "epochs": epochs,
            "examples_per_second": trial.examples_per_second,
        },
        "batch_size": trial.experiment.spec.get("batch_size"),
        "steps_per_epoch": trial.steps / epochs if trial.steps and epochs else None,
        "started_at": trial.started_at.timestamp() if trial.started_at else None,
    }


def streamed_curves(streamed: list[Entry], attempt: int) -> dict[str, CurveData]:
    """The points in a stream's entries that belong to ``attempt``."""
    pieces: dict[str, list[CurveData]] = {}
    for _, kind, payload in streamed:
        if kind != "points" or payload["attempt"] != attempt:
            continue
        for key, (steps, values, times) in payload["curves"].items():
            numbers = np.array([float(value) for value in values], dtype=np.float64)
            pieces.setdefault(key, []).append(
                CurveData(np.array(steps, np.int64), numbers, np.array(times, np.float64))
            )
    return {key: joined(parts) for key, parts in pieces.items()}


def within(data: CurveData | None, first: int | None, last: int | None) -> CurveData | None:
    """The points in a window of steps."""
    if data is None:
        return None
    low, high = -math.inf if first is None else first, math.inf if last is None else last
    return data.where((data.steps >= low) & (data.steps <= high))


def join(stored: CurveData | None, fresh: CurveData | None, points: int) -> CurveData:
    """Stored points, then the streamed ones behind them."""
    if stored is None or not len(stored):
        return thinned(fresh, points) if fresh is not None else joined([])
    if fresh is None:
        return stored
    return joined([stored, fresh.where(fresh.steps > stored.steps[-1])])


def typed(data: CurveData) -> dict[str, Any]:
    """Typed arrays as Plotly takes them: NaN and infinities included, no numbers as text."""
    return {"step": array(data.steps), "value": array(data.values), "time": array(data.times)}


def array(numbers: np.ndarray[Any, Any]) -> dict[str, str]:
    """float64, base64."""
    return {"dtype": "f8", "bdata": base64.b64encode(numbers.astype("<f8").tobytes()).decode()}
