"""A trial's checkpoints as artifacts: the last two are kept, and the best weights as a file of their own."""

import hashlib
import logging
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.checkpoint import from_bytes, to_bytes
from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from webapp.models import Artifact
from webapp.store import artifacts
from webapp.store.artifacts import Discard, Kept
from webapp.store.curves import hold_attempt
from webapp.store.storage import NotKept, Storage

log = logging.getLogger(__name__)
KIND, NAME = artifacts.CHECKPOINT, "state"
BEST = "best/"  # of a checkpoint's arrays
KEPT = 2


def keep(storage: Storage, trial_id: int, attempt: int, checkpoint: Checkpoint, kind: str = KIND) -> Kept:
    """Keep its bytes. Raises StorageAway, OSError."""
    key = f"trial-{trial_id}/{kind}/{checkpoint.step:09d}-{attempt}.safetensors"
    content = to_bytes(checkpoint)
    with storage.writing(key) as path:
        path.write_bytes(content)
    facts = {"best": dict(checkpoint.details.get("best", {}))}
    return Kept.of(content, kind, NAME, checkpoint.step, checkpoint.epoch, key, artifacts.SAFETENSORS, facts)


def add(session: Session, discard: Discard, trial_id: int, attempt: int, kept: Kept) -> None:
    """Its row, in the caller's transaction; those go that are older than the last two, or than the best. Raises StaleAttempt."""
    artifacts.add(session, discard, trial_id, attempt, kept)
    for old in artifacts.of_kind(session, trial_id, kept.kind)[KEPT if kept.kind == KIND else 1 :]:
        artifacts.remove(session, discard, old)


def superseded(weights: Sequence[Kept]) -> set[str]:
    """The keys of those of an attempt's weights that its later ones make superfluous, as ``add`` sees it."""
    keys = {
        kind: list(dict.fromkeys(kept.key for kept in weights if kept.kind == kind)) for kind in artifacts.WITH_WEIGHTS
    }
    return {*keys[KIND][:-KEPT], *keys[artifacts.BEST][:-1]}


def best_of(checkpoint: Checkpoint) -> Checkpoint | None:
    """The weights of the best evaluation alone; None before the first."""
    place = checkpoint.details.get("best")
    weights = {f"model/{n.removeprefix(BEST)}": a for n, a in checkpoint.arrays.items() if n.startswith(BEST)}
    if not place or not weights:
        return None
    return Checkpoint(place["step"], checkpoint.epoch, weights, {"best": place})


def sweep(session: Session, storage: Storage, trial_id: int) -> None:
    """Delete what a killed writer left: files half written, and whole ones that no row names. Raises StorageAway.

    The caller's transaction holds the trial, and its attempt is not writing, so nobody writes its checkpoints.
    """
    named = set(session.scalars(select(Artifact.path).where(Artifact.trial_id == trial_id)))
    for kind in artifacts.WITH_WEIGHTS:
        storage.keep_only(f"trial-{trial_id}/{kind}", named)


def newest(
    sessions: sessionmaker[Session], storage: Storage, trial_id: int, say: Callable[[str], None] = log.warning
) -> Checkpoint | None:
    """The newest one whose file is whole; ``say`` is told of each that is not.

    Raises StorageAway: what cannot be asked for now is no damage.
    """
    with sessions() as session:
        kept = artifacts.of_kind(session, trial_id, KIND)
    for artifact in kept:
        try:
            return read(storage, artifact)
        except (OSError, TrainingError) as error:
            log.warning("checkpoint %s of trial %s cannot be used: %s", artifact.path, trial_id, error)
            say(f"The checkpoint of step {artifact.step:,} cannot be used, so the one before it is: {error}")
    return None


def read(storage: Storage, artifact: Artifact) -> Checkpoint:
    """A checkpoint, from the file that was written and no other. Raises StorageAway, OSError, TrainingError."""
    name = artifact.path.rpartition("/")[2]
    try:
        content = storage.read(artifact.path)
    except NotKept as error:
        raise TrainingError(f"The file {name} is gone.") from error
    if hashlib.sha256(content).hexdigest() != artifact.sha256:
        raise TrainingError(f"The file {name} is damaged: its checksum is not the one that it was written with.")
    return from_bytes(content, name)


def drop_after(sessions: sessionmaker[Session], storage: Storage, trial_id: int, attempt: int, step: int) -> None:
    """Take away those behind the step that an attempt goes on from, as they cannot be used, and what nobody will name.

    Raises StaleAttempt, StorageAway.
    """
    with sessions() as session:
        hold_attempt(session, trial_id, attempt)
        sweep(session, storage, trial_id)
        for kind in artifacts.WITH_WEIGHTS:
            for artifact in artifacts.of_kind(session, trial_id, kind):
                if artifact.step > step:
                    artifacts.remove(session, storage.discard, artifact)
        session.commit()


def keep_only_the_last(sessions: sessionmaker[Session], storage: Storage, trial_id: int) -> None:
    """The trial has ended: the newest stays, for the test part and for trials that start from it, and the best weights."""
    with sessions() as session:
        for artifact in artifacts.of_kind(session, trial_id, KIND)[1:]:
            artifacts.remove(session, storage.discard, artifact)
        session.commit()
