"""A trial's checkpoints as artifacts: the last two are kept, and the newest good one is gone on from."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from dlcore.checkpoint import load, save
from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from webapp.store import artifacts

log = logging.getLogger(__name__)
KIND, NAME = "checkpoint", "state"
KEPT = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint whose file is written, and whose row is not."""

    step: int
    epoch: int
    key: str


def write(var: Path, trial_id: int, attempt: int, checkpoint: Checkpoint) -> Kept:
    """Write its file."""
    key = f"trial-{trial_id}/checkpoint/{checkpoint.step:09d}-{attempt}.safetensors"
    save(checkpoint, artifacts.path_of(var, key))
    return Kept(checkpoint.step, checkpoint.epoch, key)


def add(session: Session, var: Path, trial_id: int, attempt: int, kept: Kept) -> None:
    """Its row, in the caller's transaction, and those go that are older than the last two. Raises StaleAttempt."""
    content = artifacts.path_of(var, kept.key).read_bytes()
    place = (KIND, NAME, kept.step, kept.key, "application/octet-stream")
    artifacts.add(session, var, trial_id, attempt, *place, content, kept.epoch, {})
    for old in artifacts.of_kind(session, trial_id, KIND)[KEPT:]:
        artifacts.remove(session, var, old)


def newest(sessions: sessionmaker[Session], var: Path, trial_id: int) -> Checkpoint | None:
    """The newest one whose file is whole."""
    with sessions() as session:
        kept = artifacts.of_kind(session, trial_id, KIND)
    for artifact in kept:
        path = artifacts.path_of(var, artifact.path)
        try:
            if hashlib.sha256(path.read_bytes()).hexdigest() == artifact.sha256:
                return load(path)
        except (OSError, TrainingError) as error:
            log.warning("checkpoint %s of trial %s cannot be used: %s", path.name, trial_id, error)
    return None


def keep_only_the_last(sessions: sessionmaker[Session], var: Path, trial_id: int) -> None:
    """The trial has ended: of its checkpoints the newest stays, for the test part and for trials that start from it."""
    with sessions() as session:
        for artifact in artifacts.of_kind(session, trial_id, KIND)[1:]:
            artifacts.remove(session, var, artifact)
        session.commit()
