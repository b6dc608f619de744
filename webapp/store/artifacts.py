"""What trials make beside numbers: pictures, reports, checkpoints. The bytes go to the storage first, then comes the row."""

import hashlib
import io
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from PIL import Image
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from dlcore.events import Picture, Report
from webapp.models import Artifact
from webapp.store.curves import StaleAttempt, hold_attempt
from webapp.store.storage import Storage

PNG = "image/png"
JSON = "application/json"
SAFETENSORS = "application/octet-stream"
CHECKPOINT, BEST = "checkpoint", "best"
WITH_WEIGHTS = (BEST, CHECKPOINT)
Hold = Callable[[Session, int, int], None]
"""Makes sure, until the transaction ends, that an attempt may write to its trial: (session, trial, attempt)."""
Discard = Callable[[str], None]
"""Deletes the bytes of a key that no row names any more, now or soon."""
LATER = "artifacts to discard"  # in a session's facts, until its transaction ends


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact whose bytes are kept, and whose row is not yet: what the row will say."""

    kind: str
    name: str
    step: int
    epoch: float
    key: str
    media_type: str
    sha256: str
    size: int
    details: dict[str, Any]

    @classmethod
    def of(
        cls, content: bytes, kind: str, name: str, step: int, epoch: float, key: str, media_type: str, details: Any
    ) -> "Kept":
        """Of bytes that have been kept."""
        seal = hashlib.sha256(content).hexdigest()
        return cls(kind, name, step, epoch, key, media_type, seal, len(content), dict(details))


def keep_picture(storage: Storage, trial_id: int, attempt: int, picture: Picture) -> Kept:
    """Keep a picture as PNG. Raises StorageAway, OSError."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", picture.name)[:100] or "picture"
    key = f"trial-{trial_id}/{picture.kind}/{name}-{picture.step:09d}-{attempt}.png"
    content = png(picture.pixels)
    storage.put(key, content)
    return Kept.of(content, picture.kind, picture.name, picture.step, picture.epoch, key, PNG, picture.details)


def keep_report(storage: Storage, trial_id: int, attempt: int, report: Report) -> Kept:
    """Keep a report as JSON. Raises StorageAway, OSError."""
    key = f"trial-{trial_id}/{report.kind}/report-{report.step:09d}-{attempt}.json"
    content = orjson.dumps(dict(report.content))
    storage.put(key, content)
    return Kept.of(content, report.kind, "report", report.step, report.epoch, key, JSON, {})


def add_picture(
    session: Session, storage: Storage, trial_id: int, attempt: int, picture: Picture, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a picture and its row, within the caller's transaction. Raises StaleAttempt, and then nothing is kept."""
    return add_kept(session, storage, trial_id, attempt, keep_picture(storage, trial_id, attempt, picture), hold)


def add_report(
    session: Session, storage: Storage, trial_id: int, attempt: int, report: Report, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a report and its row, within the caller's transaction. Raises StaleAttempt, and then nothing is kept."""
    return add_kept(session, storage, trial_id, attempt, keep_report(storage, trial_id, attempt, report), hold)


def add_kept(session: Session, storage: Storage, trial_id: int, attempt: int, kept: Kept, hold: Hold) -> Artifact:
    """The row; without the right to write it the bytes go again, as the trial may be no more."""
    try:
        return add(session, storage.discard, trial_id, attempt, kept, hold)
    except StaleAttempt:
        storage.discard(kept.key)
        raise


def add(
    session: Session, discard: Discard, trial_id: int, attempt: int, kept: Kept, hold: Hold = hold_attempt
) -> Artifact:
    """The row of what is kept, in the caller's transaction. It takes the place of one of the same kind, name and step.

    Raises StaleAttempt.
    """
    hold(session, trial_id, attempt)
    same = (Artifact.kind == kept.kind, Artifact.name == kept.name, Artifact.step == kept.step)
    replaced = session.execute(delete(Artifact).where(Artifact.trial_id == trial_id, *same).returning(Artifact.path))
    for key in set(replaced.scalars()) - {kept.key}:
        discard_later(session, discard, key)
    artifact = Artifact(
        trial_id=trial_id,
        kind=kept.kind,
        name=kept.name,
        attempt=attempt,
        step=kept.step,
        epoch=kept.epoch,
        path=kept.key,
        media_type=kept.media_type,
        size_bytes=kept.size,
        sha256=kept.sha256,
        details=dict(kept.details),
    )
    session.add(artifact)
    session.flush()
    return artifact


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    """A picture as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def of_kind(session: Session, trial_id: int, kind: str) -> list[Artifact]:
    """A trial's artifacts of a kind, newest first."""
    query = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.kind == kind)
    return list(session.scalars(query.order_by(Artifact.step.desc(), Artifact.id.desc())))


def with_weights(session: Session, trial_id: int) -> list[Artifact]:
    """The files of a trial's weights: those of the best evaluation first, then its checkpoints, newest first."""
    query = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.kind.in_(WITH_WEIGHTS))
    return list(session.scalars(query.order_by(Artifact.kind, Artifact.step.desc(), Artifact.id.desc())))


def remove(session: Session, discard: Discard, artifact: Artifact) -> None:
    """Take away an artifact, within the caller's transaction, and what is kept of it once that has ended well."""
    session.delete(artifact)
    discard_later(session, discard, artifact.path)


def discard_later(session: Session, discard: Discard, key: str) -> None:
    """Discard a key when the transaction has ended well; should it be rolled back, a row names the key still."""
    session.info.setdefault(LATER, []).append((discard, key))


@event.listens_for(Session, "after_commit")
def discard_now(session: Session) -> None:
    """The rows are gone for good."""
    for discard, key in session.info.pop(LATER, ()):
        discard(key)


@event.listens_for(Session, "after_soft_rollback")
def discard_nothing(session: Session, _: object) -> None:
    """The rows are there still."""
    session.info.pop(LATER, None)


def discard_unnamed(session: Session, discard: Discard, keys: Collection[str]) -> None:
    """Delete those of the bytes that no row names: an attempt kept them that may not write rows any more."""
    named = set(session.scalars(select(Artifact.path).where(Artifact.path.in_(keys)))) if keys else set()
    for key in set(keys) - named:
        discard(key)


def delete_trial_files(storage: Storage, trial_id: int) -> None:
    """Take away all that is kept of a trial. Raises StorageAway."""
    storage.delete_folder(f"trial-{trial_id}")
