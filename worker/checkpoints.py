"""A trial's checkpoints as artifacts: the last two are kept, and the newest good one is gone on from."""

import hashlib
import logging

from sqlalchemy.orm import Session, sessionmaker

from dlcore.checkpoint import load, save
from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from webapp.store import artifacts
from webapp.store.storage import NotKept, Storage

log = logging.getLogger(__name__)
KIND, NAME = "checkpoint", "state"
KEPT = 2


def keep(
    sessions: sessionmaker[Session], storage: Storage, trial_id: int, attempt: int, checkpoint: Checkpoint
) -> None:
    """Write it, and take away those that are older than the last two. Raises StaleAttempt."""
    key = f"trial-{trial_id}/checkpoint/{checkpoint.step:09d}-{attempt}.safetensors"
    with storage.writing(key) as path:
        save(checkpoint, path)
        content = path.read_bytes()
    with sessions() as session:
        artifacts.add(
            session,
            storage,
            trial_id,
            attempt,
            KIND,
            NAME,
            checkpoint.step,
            key,
            "application/octet-stream",
            content,
            checkpoint.epoch,
            {},
        )
        for old in artifacts.of_kind(session, trial_id, KIND)[KEPT:]:
            artifacts.remove(session, storage, old)
        session.commit()


def newest(sessions: sessionmaker[Session], storage: Storage, trial_id: int) -> Checkpoint | None:
    """The newest one whose file is whole. Raises StorageAway: what cannot be asked for now is no damage."""
    with sessions() as session:
        kept = artifacts.of_kind(session, trial_id, KIND)
    for artifact in kept:
        try:
            with storage.reading(artifact.path) as path:
                if hashlib.sha256(path.read_bytes()).hexdigest() == artifact.sha256:
                    return load(path)
        except (OSError, NotKept, TrainingError) as error:
            log.warning("checkpoint %s of trial %s cannot be used: %r", artifact.path, trial_id, error)
    return None


def keep_only_the_last(sessions: sessionmaker[Session], storage: Storage, trial_id: int) -> None:
    """The trial has ended: of its checkpoints the newest stays, for the test part and for trials that start from it."""
    with sessions() as session:
        for artifact in artifacts.of_kind(session, trial_id, KIND)[1:]:
            artifacts.remove(session, storage, artifact)
        session.commit()
