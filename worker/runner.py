"""One attempt of one trial: claim, train, write, end."""

import logging
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import Any

import redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.errors import TrainingError
from dlcore.events import Checkpoint, Event, Progress, Results, Text
from dlcore.spec import Spec
from dlcore.train import train
from webapp.models import Experiment, Request, State, Trial
from webapp.queue import promise
from webapp.settings import Settings
from webapp.store import curves, histograms, leases
from worker import checkpoints
from worker.failures import sentence
from worker.writer import Writer, patiently

log = logging.getLogger(__name__)
RUN_TRIAL = "worker.run_trial"


PUT_DOWN = (Request.STOP, Request.PAUSE, Request.MOVE)


class PutDown(Exception):
    """The attempt ends before the trial does: a person or the worker wants it so. A checkpoint has been written, if there is any."""


def run_trial(
    trial_id: int,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run this very trial. Does nothing when somebody else has it."""
    with sessions() as session:
        attempt = leases.claim(session, trial_id, leases.worker_name(), settings.lease_s)
    if attempt is not None:
        run_claimed(Writer(trial_id, attempt, sessions, client, settings), must_hand_back)


def run_next(
    queue: str,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run the trial that is first in line in a queue. Does nothing when nobody waits there."""
    with sessions() as session:
        claimed = leases.claim_next(session, queue, leases.worker_name(), settings.lease_s)
    if claimed is not None:
        run_claimed(Writer(*claimed, sessions, client, settings), must_hand_back)


def run_claimed(writer: Writer, must_hand_back: Callable[[], bool]) -> None:
    """Run a trial to its end, or until it is put down."""
    try:
        try:
            state, values = run_attempt(writer, must_hand_back)
        except curves.StaleAttempt:
            raise
        except Exception as error:  # what was logged could not be kept: the trial must not go on as if it were
            log.exception("trial %s: attempt %s could not be written", writer.trial_id, writer.attempt)
            state, values = State.FAILED, {"failure": sentence(error)}
        patiently(lambda: end(writer, state, values))
    except curves.StaleAttempt as error:
        log.warning("%s; giving it up", error)


def run_attempt(writer: Writer, must_hand_back: Callable[[], bool]) -> tuple[State | None, dict[str, Any]]:
    """Train, and say how it ended: (state, values of the trial's row); no state when it was put down. Raises StaleAttempt."""
    writer.say("state", {"state": State.RUNNING.value, "attempt": writer.attempt, "failure": None, "results": {}})
    writer.start()
    state: State | None = State.COMPLETED
    values: dict[str, Any] = {}
    begun = False
    try:
        with closing(events_of(writer, must_hand_back)) as events:
            for event in events:
                begun |= isinstance(event, Progress)
                if isinstance(event, Results):
                    values["results"] = dict(event.values)
                writer.put(event)
                if writer.error is not None:
                    raise writer.error
                if (isinstance(event, Checkpoint) or not begun) and must_put_down(writer, must_hand_back):
                    raise PutDown
    except PutDown:
        state = None
    except curves.StaleAttempt:
        raise
    except Exception as error:
        if writer.error is not None:
            raise writer.error from None
        state = State.FAILED
        values["failure"] = sentence(error)
        writer.put(Text(traceback.format_exc(), level="error"))
    finally:
        writer.close()
    return state, values


def events_of(writer: Writer, must_hand_back: Callable[[], bool]) -> Generator[Event, None, None]:
    """What the trial's training says."""
    spec, seed = job(writer)
    resume = resume_from(writer)
    weights = weights_of(writer, spec.start.trial) if spec.start.trial and resume is None else None
    yield from train(
        spec,
        seed=seed,
        resume=resume,
        weights=weights,
        checkpoint_now=lambda: must_put_down(writer, must_hand_back),
        end_now=lambda: writer.asked is Request.KEEP_BEST,
    )


def must_put_down(writer: Writer, must_hand_back: Callable[[], bool]) -> bool:
    """Whether the attempt is to end before the trial does."""
    return writer.asked in PUT_DOWN or must_hand_back()


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
    var = writer.settings.var
    checkpoint = checkpoints.newest(
        writer.sessions, var, writer.trial_id, lambda words: writer.put(Text(words, level="warning"))
    )
    after_step = checkpoint.step if checkpoint else -1
    checkpoints.drop_after(writer.sessions, var, writer.trial_id, writer.attempt, after_step)
    with writer.sessions() as session:
        curves.truncate(session, writer.trial_id, writer.attempt, after_step)
        histograms.truncate(session, writer.trial_id, writer.attempt, after_step)
        session.commit()
    writer.say("restart", {"attempt": writer.attempt, "after_step": after_step})
    return checkpoint


def weights_of(writer: Writer, trial_id: int) -> Mapping[str, Any]:
    """What another trial ended with. Raises TrainingError when nothing was kept."""
    checkpoint = checkpoints.newest(writer.sessions, writer.settings.var, trial_id)
    if checkpoint is None:
        raise TrainingError(
            f"Trial {trial_id}, whose weights this one should start from, has none that were kept: it was deleted, or "
            "ended before its first checkpoint."
        )
    return checkpoint.arrays


def end(writer: Writer, state: State | None, values: dict[str, Any]) -> None:
    """Merge the curves and end the attempt in one transaction, then tell those who watch. Raises StaleAttempt.

    Without a state it was put down, and what was asked of it says what becomes of it.
    """
    with writer.sessions() as session:
        reached = state or leases.state_after(session, writer.trial_id, writer.attempt)
        if reached.ended:
            curves.merge(session, writer.trial_id, writer.attempt)
        leases.finish(session, writer.trial_id, writer.attempt, reached, **values)
        if reached is State.QUEUED:
            queue = session.scalars(select(Trial.queue).where(Trial.id == writer.trial_id)).one()
            promise(session, RUN_TRIAL, queue, [writer.trial_id])
        session.commit()
    message = {
        "state": reached.value,
        "attempt": writer.attempt,
        "failure": values.get("failure"),
        "results": values.get("results", {}),
    }
    writer.say("state", message)
    if reached.ended:
        checkpoints.keep_only_the_last(writer.sessions, writer.settings.var, writer.trial_id)
