"""A trial's checkpoints as artifacts: the last two are kept, and the best weights as a file of their own."""

import contextlib
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.checkpoint import from_bytes, to_bytes
from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from webapp.models import Artifact
from webapp.store import artifacts
from webapp.store.artifacts import Sealed
from webapp.store.curves import hold_attempt

log = logging.getLogger(__name__)
KIND, NAME = artifacts.CHECKPOINT, "state"
BEST = "best/"  # of a checkpoint's arrays
KEPT = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint, or the best weights, whose file is written, and whose row is not."""

    kind: str
    step: int
    epoch: int
    key: str
    sha256: str
    size: int
    facts: dict[str, Any]


def write(var: Path, trial_id: int, attempt: int, checkpoint: Checkpoint, kind: str = KIND) -> Kept:
    """Write its file."""
    key = f"trial-{trial_id}/{kind}/{checkpoint.step:09d}-{attempt}.safetensors"
    content = to_bytes(checkpoint)
    artifacts.put(var, key, content)
    facts = {"best": dict(checkpoint.details.get("best", {}))}
    return Kept(kind, checkpoint.step, checkpoint.epoch, key, *Sealed.of(content), facts)


def add(session: Session, var: Path, trial_id: int, attempt: int, kept: Kept) -> None:
    """Its row, in the caller's transaction; those go that are older than the last two, or than the best. Raises StaleAttempt."""
    place = (kept.kind, NAME, kept.step, kept.key, artifacts.SAFETENSORS)
    artifacts.add(session, var, trial_id, attempt, *place, Sealed(kept.sha256, kept.size), kept.epoch, dict(kept.facts))
    for old in artifacts.of_kind(session, trial_id, kept.kind)[KEPT if kept.kind == KIND else 1 :]:
        artifacts.remove(session, var, old)


def best_of(checkpoint: Checkpoint) -> Checkpoint | None:
    """The weights of the best evaluation alone; None before the first."""
    place = checkpoint.details.get("best")
    weights = {f"model/{n.removeprefix(BEST)}": a for n, a in checkpoint.arrays.items() if n.startswith(BEST)}
    if not place or not weights:
        return None
    return Checkpoint(place["step"], checkpoint.epoch, weights, {"best": place})


def sweep(session: Session, var: Path, trial_id: int) -> None:
    """Delete what a killed writer left: files half written, and whole ones that no row names.

    The caller's transaction holds the trial, and its attempt is not writing, so nobody writes its checkpoints.
    """
    named = set(session.scalars(select(Artifact.path).where(Artifact.trial_id == trial_id)))
    for kind in (KIND, artifacts.BEST):
        folder = artifacts.path_of(var, f"trial-{trial_id}/{kind}")
        for path in folder.iterdir() if folder.is_dir() else ():
            if f"trial-{trial_id}/{kind}/{path.name}" not in named:
                with contextlib.suppress(OSError):
                    path.unlink()


def newest(
    sessions: sessionmaker[Session], var: Path, trial_id: int, say: Callable[[str], None] = log.warning
) -> Checkpoint | None:
    """The newest one whose file is whole; ``say`` is told of each that is not."""
    with sessions() as session:
        kept = artifacts.of_kind(session, trial_id, KIND)
    for artifact in kept:
        try:
            return read(var, artifact)
        except (OSError, TrainingError) as error:
            log.warning("checkpoint %s of trial %s cannot be used: %s", artifact.path, trial_id, error)
            say(f"The checkpoint of step {artifact.step:,} cannot be used, so the one before it is: {error}")
    return None


def read(var: Path, artifact: Artifact) -> Checkpoint:
    """A checkpoint, from the file that was written and no other. Raises OSError, TrainingError."""
    path = artifacts.path_of(var, artifact.path)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != artifact.sha256:
        raise TrainingError(f"The file {path.name} is damaged: its checksum is not the one that it was written with.")
    return from_bytes(content, path.name)


def drop_after(sessions: sessionmaker[Session], var: Path, trial_id: int, attempt: int, step: int) -> None:
    """Take away those behind the step that an attempt goes on from, as they cannot be used, and what nobody will name.

    Raises StaleAttempt.
    """
    with sessions() as session:
        hold_attempt(session, trial_id, attempt)
        for kind in (KIND, artifacts.BEST):
            for artifact in artifacts.of_kind(session, trial_id, kind):
                if artifact.step > step:
                    artifacts.remove(session, var, artifact)
        sweep(session, var, trial_id)
        session.commit()


def keep_only_the_last(sessions: sessionmaker[Session], var: Path, trial_id: int) -> None:
    """The trial has ended: the newest stays, for the test part and for trials that start from it, and the best weights."""
    with sessions() as session:
        for artifact in artifacts.of_kind(session, trial_id, KIND)[1:]:
            artifacts.remove(session, var, artifact)
        session.commit()
