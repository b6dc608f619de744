"""What trials make beside numbers: pictures, reports, checkpoints. The bytes go to the storage first, then comes the row."""

import hashlib
import io
import re
from collections.abc import Callable
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
Hold = Callable[[Session, int, int], None]
"""Makes sure, until the transaction ends, that an attempt may write to its trial: (session, trial, attempt)."""


def add_picture(
    session: Session, storage: Storage, trial_id: int, attempt: int, picture: Picture, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a picture as PNG, within the caller's transaction. One of the same kind, name and step takes its place.

    Raises StaleAttempt.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "-", picture.name)[:100] or "picture"
    key = f"trial-{trial_id}/{picture.kind}/{name}-{picture.step:09d}-{attempt}.png"
    content = png(picture.pixels)
    storage.put(key, content)
    return add(
        session,
        storage,
        trial_id,
        attempt,
        picture.kind,
        picture.name,
        picture.step,
        key,
        PNG,
        content,
        picture.epoch,
        dict(picture.details),
        hold,
    )


def add_report(
    session: Session, storage: Storage, trial_id: int, attempt: int, report: Report, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a report as JSON, within the caller's transaction. One of the same kind and step takes its place.

    Raises StaleAttempt.
    """
    key = f"trial-{trial_id}/{report.kind}/report-{report.step:09d}-{attempt}.json"
    content = orjson.dumps(dict(report.content))
    storage.put(key, content)
    return add(
        session,
        storage,
        trial_id,
        attempt,
        report.kind,
        "report",
        report.step,
        key,
        JSON,
        content,
        report.epoch,
        {},
        hold,
    )


def add(
    session: Session,
    storage: Storage,
    trial_id: int,
    attempt: int,
    kind: str,
    name: str,
    step: int,
    key: str,
    media_type: str,
    content: bytes,
    epoch: float,
    details: dict[str, Any],
    hold: Hold = hold_attempt,
) -> Artifact:
    """The row of a file that has been written. Raises StaleAttempt, and then the file is gone: its trial may be, too."""
    try:
        hold(session, trial_id, attempt)
    except StaleAttempt:
        storage.discard(key)
        raise
    same = (Artifact.trial_id == trial_id, Artifact.kind == kind, Artifact.name == name, Artifact.step == step)
    session.execute(delete(Artifact).where(*same))
    artifact = Artifact(
        trial_id=trial_id,
        kind=kind,
        name=name,
        attempt=attempt,
        step=step,
        epoch=epoch,
        path=key,
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        details=details,
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


def remove(session: Session, storage: Storage, artifact: Artifact) -> None:
    """Take away an artifact, within the caller's transaction, and what is kept of it once that has ended well."""
    key = artifact.path
    session.delete(artifact)
    event.listen(session, "after_commit", lambda _: storage.discard(key), once=True)


def delete_trial_files(storage: Storage, trial_id: int) -> None:
    """Take away all that is kept of a trial. Raises StorageAway."""
    storage.delete_folder(f"trial-{trial_id}")
