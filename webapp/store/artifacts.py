"""Files that trials make, in DESCENT_VAR/artifacts; the database says which there are."""

import contextlib
import hashlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dlcore.events import Picture, Report
from dlcore.whole_file import write_whole
from webapp.models import Artifact
from webapp.store.curves import StaleAttempt, hold_attempt

KEY = re.compile(r"[a-z0-9_-]+(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
PNG = "image/png"
JSON = "application/json"
SAFETENSORS = "application/octet-stream"
CHECKPOINT, BEST = "checkpoint", "best"
WITH_WEIGHTS = (BEST, CHECKPOINT)
Hold = Callable[[Session, int, int], None]
"""Makes sure, until the transaction ends, that an attempt may write to its trial: (session, trial, attempt)."""


class Sealed(NamedTuple):
    """What tells a file's content from any other."""

    sha256: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> "Sealed":
        """That of a content."""
        return cls(hashlib.sha256(content).hexdigest(), len(content))


class BadKey(ValueError):
    """A key that could lead out of the artifact folder."""


def path_of(var: Path, key: str) -> Path:
    """Where the file of a key lies. Raises BadKey."""
    if not KEY.fullmatch(key) or ".." in key:
        raise BadKey(key)
    return var / "artifacts" / key


def put(var: Path, key: str, content: bytes) -> None:
    """Write a file whole or not at all."""
    write_whole(path_of(var, key), content)


def add_picture(
    session: Session, var: Path, trial_id: int, attempt: int, picture: Picture, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a picture as PNG, within the caller's transaction. One of the same kind, name and step takes its place.

    Raises StaleAttempt.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "-", picture.name)[:100] or "picture"
    key = f"trial-{trial_id}/{picture.kind}/{name}-{picture.step:09d}-{attempt}.png"
    content = png(picture.pixels)
    put(var, key, content)
    return add(
        session,
        var,
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
    session: Session, var: Path, trial_id: int, attempt: int, report: Report, hold: Hold = hold_attempt
) -> Artifact:
    """Keep a report as JSON, within the caller's transaction. One of the same kind and step takes its place.

    Raises StaleAttempt.
    """
    key = f"trial-{trial_id}/{report.kind}/report-{report.step:09d}-{attempt}.json"
    content = orjson.dumps(dict(report.content))
    put(var, key, content)
    return add(
        session, var, trial_id, attempt, report.kind, "report", report.step, key, JSON, content, report.epoch, {}, hold
    )


def add(
    session: Session,
    var: Path,
    trial_id: int,
    attempt: int,
    kind: str,
    name: str,
    step: int,
    key: str,
    media_type: str,
    content: bytes | Sealed,
    epoch: float,
    details: dict[str, Any],
    hold: Hold = hold_attempt,
) -> Artifact:
    """The row of a file that has been written. Raises StaleAttempt, and then the file is gone: its trial may be, too."""
    seal = content if isinstance(content, Sealed) else Sealed.of(content)
    try:
        hold(session, trial_id, attempt)
    except StaleAttempt:
        with contextlib.suppress(OSError):
            path_of(var, key).unlink()
            path_of(var, key).parent.rmdir()
            path_of(var, key).parent.parent.rmdir()
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
        size_bytes=seal.size,
        sha256=seal.sha256,
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


def with_weights(session: Session, trial_id: int) -> list[Artifact]:
    """The files of a trial's weights: those of the best evaluation first, then its checkpoints, newest first."""
    query = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.kind.in_(WITH_WEIGHTS))
    return list(session.scalars(query.order_by(Artifact.kind, Artifact.step.desc(), Artifact.id.desc())))


def remove(session: Session, var: Path, artifact: Artifact) -> None:
    """Take away an artifact and its file."""
    session.delete(artifact)
    with contextlib.suppress(OSError, BadKey):
        path_of(var, artifact.path).unlink()


def delete_trial_files(var: Path, trial_id: int) -> None:
    """Take away all files of a trial."""
    shutil.rmtree(var / "artifacts" / f"trial-{trial_id}", ignore_errors=True)
