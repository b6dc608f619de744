"""What an attempt told, into the database: the one way of it, from the writer's hands and out of a spool."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dlcore.events import Histogram, Progress, Results, Scalars, Text
from webapp.formatting import iso
from webapp.models import LogLine
from webapp.store import artifacts, curves, histograms
from webapp.store.artifacts import CHECKPOINT, PNG, WITH_WEIGHTS, Discard, Kept
from worker import checkpoints
from worker.spool import Entry
from worker.teller import progress_of

Message = tuple[str, dict[str, Any]]


def write(session: Session, discard: Discard, trial_id: int, attempt: int, entries: Sequence[Entry]) -> list[Message]:
    """Keep entries in the caller's transaction; what those who watch are to be told once it is committed.

    Then ``discard`` is called with what is kept for nobody any more.

    What is there already is left as it is or replaced by the same, so that an entry may come twice. Raises StaleAttempt.
    """
    curves.hold_attempt(session, trial_id, attempt)
    told: list[Message] = []
    points = [entry.event for entry in entries if isinstance(entry.event, Scalars)]
    if points:
        curves.append(session, trial_id, attempt, points)
    measured = [entry.event for entry in entries if isinstance(entry.event, Histogram)]
    if measured:
        histograms.add(session, trial_id, attempt, measured)
        keys = sorted({histogram.key for histogram in measured})
        told.append(("histograms", {"attempt": attempt, "keys": keys, "step": max(h.step for h in measured)}))
    for at, event in entries:
        if isinstance(event, Text):
            told += add_line(session, trial_id, attempt, at, event)
        elif isinstance(event, Kept):
            told += add_artifact(session, discard, trial_id, attempt, event)
    return told


def refuse(session: Session, discard: Discard, entries: Sequence[Entry]) -> None:
    """The trial has gone on without these: what was kept of them is litter, unless it came into the database after all."""
    artifacts.discard_unnamed(session, discard, [entry.event.key for entry in entries if isinstance(entry.event, Kept)])


def row_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """How far the trial is after these entries, and what it reached, as its row has it; a checkpoint is a step ahead."""
    values: dict[str, Any] = {}
    for _, event in entries:
        if isinstance(event, Progress):
            values |= {name: value for name, value in progress_of(event).items() if name != "epochs"}
        elif isinstance(event, Results):
            values["results"] = dict(event.values)
        elif isinstance(event, Kept) and event.kind == CHECKPOINT:
            values["fruitless"] = 0
    return values


def add_line(session: Session, trial_id: int, attempt: int, at: float, text: Text) -> list[Message]:
    """A line of the log, unless it is there."""
    moment = datetime.fromtimestamp(at, UTC)
    words = {"level": text.level, "step": text.step, "message": text.message}
    same = (LogLine.trial_id == trial_id, LogLine.attempt == attempt, LogLine.at == moment)
    if session.scalar(select(exists().where(*same, LogLine.message == text.message))):
        return []
    session.add(LogLine(trial_id=trial_id, attempt=attempt, at=moment, **words))
    session.flush()
    return [("log", {"at": iso(moment), **words})]


def add_artifact(session: Session, discard: Discard, trial_id: int, attempt: int, kept: Kept) -> list[Message]:
    """The row of what has been kept."""
    if kept.kind in WITH_WEIGHTS:
        checkpoints.add(session, discard, trial_id, attempt, kept)
        return []
    made = artifacts.add(session, discard, trial_id, attempt, kept)
    return [("picture", shown(made)) if kept.media_type == PNG else ("report", {"kind": kept.kind, "failure": None})]


def shown(made: Any) -> dict[str, Any]:
    """A picture as pages know it."""
    facts = {"id": made.id, "kind": made.kind, "name": made.name, "step": made.step, "epoch": made.epoch}
    return {**facts, "details": made.details, "url": f"/artifacts/{made.id}"}
