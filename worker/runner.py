"""One attempt of one trial: claim, train, write, end."""

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import redis
from sqlalchemy.orm import Session, sessionmaker

from dlcore.errors import ProcessLost, TrainingError
from dlcore.events import Checkpoint, Results, Text
from dlcore.spec import Spec
from dlcore.train import train
from webapp.models import Experiment, State, Trial
from webapp.queue import promise, queue_for
from webapp.settings import Settings
from webapp.store import curves, histograms, leases
from webapp.store.storage import StorageAway
from worker import checkpoints
from worker.failures import sentence
from worker.sender import GIVES_UP_S, RESTS_S
from worker.writer import Writer, patiently

log = logging.getLogger(__name__)
RUN_TRIAL = "worker.run_trial"


class Stopped(Exception):
    """A person wants the trial to end."""


class HandedBack(Exception):
    """The worker ends, and the trial goes back to the queue; a checkpoint has been written."""


def run_trial(
    trial_id: int,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run a trial to its end, to a stop, or until it is handed back. Does nothing when somebody else has it."""
    with sessions() as session:
        attempt = leases.claim(session, trial_id, leases.worker_name(), settings.lease_s)
    if attempt is None:
        return
    writer = Writer(trial_id, attempt, sessions, client, settings)
    try:
        try:
            state, values = run_attempt(writer, must_hand_back)
        except curves.StaleAttempt:
            raise
        except Exception as error:  # what was logged could not be kept: the trial must not go on as if it were
            log.exception("trial %s: attempt %s could not be written", trial_id, attempt)
            state, values = State.FAILED, {"failure": sentence(error)}
        patiently(lambda: end(writer, state, values))
    except curves.StaleAttempt as error:
        log.warning("%s; giving it up", error)


def run_attempt(writer: Writer, must_hand_back: Callable[[], bool]) -> tuple[State, dict[str, Any]]:
    """Train, and say how it ended: (state, values of the trial's row). Raises StaleAttempt."""
    writer.say("state", {"state": State.RUNNING.value, "attempt": writer.attempt, "failure": None, "results": {}})
    writer.start()
    state: State = State.COMPLETED
    values: dict[str, Any] = {}
    try:
        spec, seed = job(writer)
        resume = resume_from(writer)
        weights = weights_of(writer, spec.start.trial) if spec.start.trial and resume is None else None
        with closing(train(spec, seed=seed, resume=resume, weights=weights, checkpoint_now=must_hand_back)) as events:
            for event in events:
                if isinstance(event, Results):
                    values["results"] = dict(event.values)
                writer.put(event)
                heed(writer, event, must_hand_back)
    except Stopped:
        state = State.CANCELLED
    except HandedBack:
        state = State.QUEUED
    except curves.StaleAttempt:
        raise
    except ProcessLost as error:
        again = writer.attempt < leases.MOST_ATTEMPTS
        state = State.QUEUED if again else State.FAILED
        values["failure"] = None if again else str(error)
        going_on = " The trial goes on from its last checkpoint." if again else ""
        writer.put(Text(f"{error}{going_on}", level="warning"))
    except Exception as error:
        if writer.error is not None:
            raise writer.error from None
        state = State.FAILED
        values["failure"] = sentence(error)
        writer.put(Text(traceback.format_exc(), level="error"))
    finally:
        writer.close()
    return state, values


def job(writer: Writer) -> tuple[Spec, int]:
    """The trial's spec and seed."""
    with writer.sessions() as session:
        trial = session.get_one(Trial, writer.trial_id)
        experiment = session.get_one(Experiment, trial.experiment_id)
        return Spec.model_validate(experiment.spec), trial.seed


def resume_from(writer: Writer) -> Checkpoint | None:
    """The checkpoint that this attempt goes on from, curves and histograms cut back to it; None at the first attempt."""
    if writer.attempt == 1:
        return None
    checkpoint = newest_checkpoint(writer, writer.trial_id)
    after_step = checkpoint.step if checkpoint else -1
    with writer.sessions() as session:
        curves.truncate(session, writer.trial_id, writer.attempt, after_step)
        histograms.truncate(session, writer.trial_id, writer.attempt, after_step)
        session.commit()
    writer.say("restart", {"attempt": writer.attempt, "after_step": after_step})
    return checkpoint


def newest_checkpoint(writer: Writer, trial_id: int) -> Checkpoint | None:
    """The newest one of a trial; a storage that is away is asked again for some minutes. Raises StorageAway, Stopped."""
    deadline = time.monotonic() + GIVES_UP_S
    while True:
        try:
            return checkpoints.newest(writer.sessions, writer.storage, trial_id)
        except StorageAway as error:
            log.warning("trial %s waits: %s", trial_id, error)
            if time.monotonic() > deadline:
                raise
            if writer.stop_requested:
                raise Stopped from error
            time.sleep(RESTS_S)


def weights_of(writer: Writer, trial_id: int) -> Mapping[str, Any]:
    """What another trial ended with. Raises TrainingError when nothing was kept."""
    checkpoint = newest_checkpoint(writer, trial_id)
    if checkpoint is None:
        raise TrainingError(
            f"Trial {trial_id}, whose weights this one should start from, has none that were kept: it was deleted, or "
            "ended before its first checkpoint."
        )
    return checkpoint.arrays


def heed(writer: Writer, event: Any, must_hand_back: Callable[[], bool]) -> None:
    """Act on what was asked of the trial. Raises Stopped, HandedBack or what went wrong in the writer."""
    if writer.error is not None:
        raise writer.error
    if writer.stop_requested:
        raise Stopped
    if isinstance(event, Checkpoint) and must_hand_back():
        raise HandedBack


def end(writer: Writer, state: State, values: dict[str, Any]) -> None:
    """Merge the curves and end the attempt in one transaction, then tell those who watch. Raises StaleAttempt."""
    with writer.sessions() as session:
        if state.ended:
            curves.merge(session, writer.trial_id, writer.attempt)
        leases.finish(session, writer.trial_id, writer.attempt, state, **values)
        if not state.ended:
            trial = session.get_one(Trial, writer.trial_id)
            spec = session.get_one(Experiment, trial.experiment_id).spec
            promise(session, RUN_TRIAL, queue_for(spec), [writer.trial_id])
        session.commit()
    message = {
        "state": state.value,
        "attempt": writer.attempt,
        "failure": values.get("failure"),
        "results": values.get("results", {}),
    }
    writer.say("state", message)
    if state.ended:
        checkpoints.keep_only_the_last(writer.sessions, writer.storage, writer.trial_id)
